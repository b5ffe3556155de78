/**
 * Runs work under a signal that aborts when its time is up, with `tooLate()`, or when the outer signal does. Work that
 * then fails rejects with that reason; work that succeeds nevertheless has succeeded.
 */
export async function withTimeLimit<T>(
  limit: { readonly ms: number; readonly signal: AbortSignal; readonly tooLate: () => Error },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // By hand and not with AbortSignal.any and .timeout, which would outlive thousands of short calls.
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
