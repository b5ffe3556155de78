import { ProviderError } from '../provider-error';

/** After the budget a call that heeds its signal still says where it was stuck; nothing else is waited for. */
const GRACE_MS = 50;

/** The time of a probe. Its signal fires at the end, or with the caller's. */
export class ProbeBudget {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #caller: AbortSignal;
  #grace: NodeJS.Timeout | undefined;
  /** Of the work under way. */
  #giveUp: ((error: ProviderError) => void) | undefined;

  constructor(
    caller: AbortSignal,
    readonly budgetMs: number,
  ) {
    this.#caller = caller;
    this.#timer = setTimeout(this.#end, budgetMs);
    if (caller.aborted) this.#end();
    else caller.addEventListener('abort', this.#end, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The caller lost interest, which says nothing about the vendor; a caller's own time limit does. */
  get cancelled(): boolean {
    const { aborted, reason } = this.#caller;
    return aborted && (reason as { name?: unknown } | undefined)?.name !== 'TimeoutError';
  }

  /** One piece of work at a time. */
  within<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.signal.throwIfAborted();
      this.#giveUp = reject;
      Promise.resolve(work()).then(resolve, reject);
    });
  }

  release(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#grace);
    this.#caller.removeEventListener('abort', this.#end);
  }

  readonly #end = () => {
    if (this.signal.aborted) return;
    const error = new ProviderError('timeout', `The probe was not done within its ${this.budgetMs} ms`);
    this.#controller.abort(error);
    this.#grace = setTimeout(() => this.#giveUp?.(error), GRACE_MS);
  };
}
