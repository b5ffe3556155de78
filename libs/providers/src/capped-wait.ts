/** No vendor asks for a longer wait, and an infinite one cannot be stored. */
const MAX_WAIT_MS = 24 * 60 * 60_000;

/** A plugin's wait, capped at one day; undefined if it is not a number from 0, such as NaN from a missing header. */
export function cappedWait(ms: unknown): number | undefined {
  return typeof ms === 'number' && ms >= 0 ? Math.min(ms, MAX_WAIT_MS) : undefined;
}
