/** After so many intervals without a check, what was last known is stale. */
export const STALE_AFTER_INTERVALS = 3;

/** When what a check told becomes stale, if none follows. `intervalSeconds`: the interval that is in force since it. */
export function staleFrom(checkedAt: Date, intervalSeconds: number): Date {
  return new Date(checkedAt.getTime() + STALE_AFTER_INTERVALS * intervalSeconds * 1_000);
}

/** Whether the last check is too long ago to say how it is now. */
export function isStale(checkedAt: Date, intervalSeconds: number, now: Date): boolean {
  return now > staleFrom(checkedAt, intervalSeconds);
}
