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

/** An instant in relative form, such as "2 minutes ago"; the exact time is in the tooltip. */
export function Time({ at }: { at: string }) {
  const now = useSyncExternalStore(useClock(), lastTick);
  return (
    <time dateTime={at} title={exact(at)}>
      {relative(sinceTick(new Date(at).getTime() - now))}
    </time>
  );
}

/** An instant to the second, in the user's time zone and with its name. */
export function exact(at: string): string {
  return ABSOLUTE.format(new Date(at));
}

/** `ms` from now; negative in the past. */
function relative(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? UNITS[3];
  return RELATIVE.format(Math.trunc(seconds / size), unit);
}

/** Rounds times within the current tick to now, because they are known only to the tick. */
function sinceTick(ms: number): number {
  return ms < 0 && ms > -TICK_MS ? 0 : ms;
}

/** The current tick. React requires a snapshot that stays the same within a tick. */
function lastTick(): number {
  return Math.ceil(serverClock.now() / TICK_MS) * TICK_MS;
}
