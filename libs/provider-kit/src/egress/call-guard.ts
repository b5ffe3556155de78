import type { ErrorCode, ProbeStageName } from '@integrations/contracts';
import { ProviderError } from '../provider-error';

interface Verdict {
  readonly code: ErrorCode;
  readonly message: string;
  readonly cause?: unknown;
}

/** Ends a call early: on its caller's signal, after its total time, or for what came back. */
export class CallGuard {
  /** Told once, when the call is ended; to break off what is under way. */
  onEnd: (() => void) | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #caller: AbortSignal;
  #verdict: Verdict | undefined;

  constructor(
    readonly host: string,
    caller: AbortSignal,
    totalTimeoutMs: number,
  ) {
    this.#caller = caller;
    this.#timer = setTimeout(
      () => this.end('timeout', `${host} took longer than ${totalTimeoutMs} ms`),
      totalTimeoutMs,
    );
    if (caller.aborted) this.#onCaller();
    else caller.addEventListener('abort', this.#onCaller, { once: true });
  }

  end(code: ErrorCode, message: string, cause?: unknown): void {
    if (this.#verdict) return;
    this.#verdict = { code, message, cause };
    this.onEnd?.();
  }

  /** Why the call was ended, or undefined if it was not. */
  error(stage: ProbeStageName | undefined): ProviderError | undefined {
    if (!this.#verdict) return undefined;
    const { code, message, cause } = this.#verdict;
    return new ProviderError(code, message, { cause, stage });
  }

  release(): void {
    clearTimeout(this.#timer);
    this.#caller.removeEventListener('abort', this.#onCaller);
  }

  readonly #onCaller = () => this.end('timeout', `The call to ${this.host} was given up`, this.#caller.reason);
}
