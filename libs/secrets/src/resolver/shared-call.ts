/** One call that several callers wait for. Its signal aborts only when the last caller has gone. */
export class SharedCall<T> {
  readonly #controller = new AbortController();
  readonly #result: Promise<T>;
  #waiting = 0;
  #settled = false;

  constructor(run: (signal: AbortSignal) => Promise<T>) {
    this.#result = run(this.#controller.signal).finally(() => (this.#settled = true));
    // Waiting callers get a failure through `join`. Without callers, nobody needs it.
    this.#result.catch(() => undefined);
  }

  /** False once the call has ended or was abandoned; a new call is then needed. */
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
      // Not after the end: the abort reason would keep everything reachable from its stack trace alive.
      if (this.#waiting === 0 && !this.#settled) this.#controller.abort();
    }
  }
}

/** Resolves with the result, or rejects with the signal's reason as soon as it aborts. */
export async function unlessAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  // Once the signal has aborted, nobody else handles a failure, and an unhandled rejection would end the process.
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
