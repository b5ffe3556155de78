/** No vendor asks for more, and what is not finite cannot be stored. */
const MAX_WAIT_MS = 24 * 60 * 60_000;

/** The wait that a plugin asks for, of a day at most; none where it has reckoned with a header that was not there. */
export function soundWait(ms: unknown): number | undefined {
  return typeof ms === 'number' && ms >= 0 ? Math.min(ms, MAX_WAIT_MS) : undefined;
}
