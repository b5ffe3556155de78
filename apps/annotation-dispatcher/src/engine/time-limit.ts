/**
 * Runs `work` under a signal that aborts with `tooLate()` after `ms`, or when the outer signal aborts. If the work then
 * fails, the promise rejects with the abort reason; if it still succeeds, the promise resolves with its result.
 */
export async function withTimeLimit<T>(
  limit: { readonly ms: number; readonly signal: AbortSignal; readonly tooLate: () => Error },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // Not with AbortSignal.any and AbortSignal.timeout: their signals would outlive thousands of short calls.
  const controller = new AbortController();
  const abort = () => controller.abort(limit.signal.reason);
  const timer = setTimeout(() => controller.abort(limit.tooLate()), limit.ms);
  limit.signal.addEventListener('abort', abort);
  try {
    return await work(controller.signal);
  } catch (error) {
    controller.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    limit.signal.removeEventListener('abort', abort);
  }
}
