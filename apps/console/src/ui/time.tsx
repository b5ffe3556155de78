import { useSyncExternalStore } from 'react';
import { serverClock } from '../api/server-clock';
import { useClock } from './clock-context';

const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const ABSOLUTE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });
const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;
export const TICK_MS = 10_000;

/** An instant as one says it, such as "2 minutes ago"; exactly when it was, on pointing at it. */
export function Time({ at }: { at: string }) {
  const now = useSyncExternalStore(useClock(), lastTick);
  return (
    <time dateTime={at} title={exact(at)}>
      {relative(sinceTick(new Date(at).getTime() - now))}
    </time>
  );
}

/** An instant to the second, in the reader's time zone, which is named. */
export function exact(at: string): string {
  return ABSOLUTE.format(new Date(at));
}

/** `ms` from now; negative in the past. */
export function relative(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? UNITS[3];
  return RELATIVE.format(Math.trunc(seconds / size), unit);
}

/** What lies within the tick is over, or about to be: nobody knows until the next one. */
function sinceTick(ms: number): number {
  return ms < 0 && ms > -TICK_MS ? 0 : ms;
}

/** The same within a tick, as React asks of a snapshot. */
function lastTick(): number {
  return Math.ceil(serverClock.now() / TICK_MS) * TICK_MS;
}
