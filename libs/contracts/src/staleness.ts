/** Health is stale after this many check intervals without a check. */
export const STALE_AFTER_INTERVALS = 3;

/**
 * When the result of a check becomes stale if no other follows. `intervalSeconds` is the interval in use since that
 * check.
 */
export function staleFrom(checkedAt: Date, intervalSeconds: number): Date {
  return new Date(checkedAt.getTime() + STALE_AFTER_INTERVALS * intervalSeconds * 1_000);
}

/** True if the last check is too long ago to describe the current health. */
export function isStale(checkedAt: Date, intervalSeconds: number, now: Date): boolean {
  return now > staleFrom(checkedAt, intervalSeconds);
}
