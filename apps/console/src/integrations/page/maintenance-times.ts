import { instantOf, localOf } from '../../ui/instant';

/** How long maintenance may be chosen to last, in minutes; any other end within 30 days is typed. */
export const DURATIONS = [
  [30, '30 minutes'],
  [60, '1 hour'],
  [120, '2 hours'],
  [240, '4 hours'],
  [480, '8 hours'],
  [1_440, '1 day'],
  [10_080, '7 days'],
] as const;

const MINUTE_MS = 60_000;

/**
 * When it ends, as the API takes it: after so many minutes, or at the local time if none are chosen. Empty if that is no
 * time. A local time leaves out the seconds, and where clocks are put back there are two of it: who has not changed it means
 * the present end.
 */
export function endOf(minutes: string, local: string, now: number, present = ''): string {
  if (minutes !== '') return new Date(now + Number(minutes) * MINUTE_MS).toISOString();
  return local === localOf(present) ? present : instantOf(local);
}
