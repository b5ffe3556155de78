/** One call that several callers wait for. Its signal aborts when the last of them has gone, and not before. */
export class SharedCall<T> {
  readonly #controller = new AbortController();
  readonly #result: Promise<T>;
  #waiting = 0;
  #settled = false;

  constructor(run: (signal: AbortSignal) => Promise<T>) {
    this.#result = run(this.#controller.signal).finally(() => (this.#settled = true));
    // Whoever waits hears of a failure; when all have gone nobody needs to.
    this.#result.catch(() => undefined);
  }

  /** False once it has ended or was abandoned: then a new call is needed. */
  get isOpen(): boolean {
    return !this.#settled && !this.#controller.signal.aborted;
  }

  /** Rejects with the signal's reason when `signal` aborts first; the others go on waiting. */
  async join(signal: AbortSignal): Promise<T> {
    this.#waiting += 1;
    try {
      return await unlessAborted(this.#result, signal);
    } finally {
      this.#waiting -= 1;
      // Of a call that has ended, the reason would keep alive all that its stack trace leads to.
      if (this.#waiting === 0 && !this.#settled) this.#controller.abort();
    }
  }
}

/** The result, or the signal's reason as soon as it aborts. */
export async function unlessAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  // Nobody else hears of a failure once the signal has aborted, and one that is not handled ends the process.
  result.catch(() => undefined);
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([result, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
