import { instantOf, localOf } from '../../ui/instant';

/** Durations to choose from, in minutes. Any other end within 30 days can be typed. */
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
 * The end of the window in the API's format: after the chosen minutes, or at the local time. Empty if that is not a
 * valid time. An unchanged local time keeps the present end exactly, because local times lack seconds and are ambiguous
 * when clocks go back.
 */
export function endOf(minutes: string, local: string, now: number, present = ''): string {
  if (minutes !== '') return new Date(now + Number(minutes) * MINUTE_MS).toISOString();
  return local === localOf(present) ? present : instantOf(local);
}
