/**
 * Does `work`, and waits for it no longer than `graceMs` after `signal` has ended it: then it rejects with what `tooLate`
 * makes. Whatever `work` throws is explained first. By hand and without a signal of its own, which would cost as much as the rest of a call.
 */
export function withinSignal<T>(
  signal: AbortSignal,
  graceMs: number,
  tooLate: () => Error,
  work: () => Promise<T>,
  explain: (error: unknown) => unknown = itself,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const onAbort = () => (timer = setTimeout(() => reject(tooLate()), graceMs));
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    const succeed = (result: T) => {
      over();
      resolve(result);
    };
    const fail = (error: unknown) => {
      over();
      reject(explain(error));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
    try {
      Promise.resolve(work()).then(succeed, fail);
    } catch (error) {
      fail(error);
    }
  });
}

function itself(error: unknown): unknown {
  return error;
}
