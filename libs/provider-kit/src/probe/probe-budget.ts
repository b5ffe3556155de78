import { ProviderError } from '../provider-error';

/** After the budget a call that heeds its signal still says where it was stuck; nothing else is waited for. */
const GRACE_MS = 50;

/** The time of a probe. Its signal fires at the end, or with the caller's. */
export class ProbeBudget {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #caller: AbortSignal;
  #grace: NodeJS.Timeout | undefined;
  #overdue = Promise.withResolvers<never>();

  constructor(
    caller: AbortSignal,
    readonly budgetMs: number,
  ) {
    this.#caller = caller;
    this.#overdue.promise.catch(() => undefined); // a probe in time never looks
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

  async within<T>(work: () => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    return Promise.race([work(), this.#overdue.promise]);
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
    this.#grace = setTimeout(() => this.#overdue.reject(error), GRACE_MS);
  };
}
