import type { ErrorCode, ProbeStageName } from '@integrations/contracts';
import { offAbort, onAbort } from '../on-abort';
import { ProviderError } from '../provider-error';

/** In milliseconds. */
export interface CallTimes {
  /** For all of it, redirects included. */
  readonly totalMs: number;
  /** From a request to the headers of its response. */
  readonly headersMs: number;
}

interface Verdict {
  readonly code: ErrorCode;
  readonly message: string;
  readonly cause?: unknown;
}

/** How late the end of a call's time may be noticed. */
const SWEEP_MS = 100;
/**
 * Looked at together: a timer for each would cost a call as much as the rest of its guard. No Set: V8 makes one that changes
 * always anew, and an old one that the collector of garbage has not come to yet keeps all later ones.
 */
const underWay: CallGuard[] = [];
let sweep: NodeJS.Timeout | undefined;

/** Ends a call early: on its caller's signal, for want of time, or for what came back. */
export class CallGuard {
  /** Told once, when the call is ended; to break off what is under way. */
  onEnd: (() => void) | undefined;
  readonly #caller: AbortSignal;
  readonly #times: CallTimes;
  readonly #endsAt: number;
  /** Among those under way. */
  #place: number;
  #headersBy = Infinity;
  #verdict: Verdict | undefined;

  constructor(
    readonly host: string,
    caller: AbortSignal,
    times: CallTimes,
  ) {
    this.#caller = caller;
    this.#times = times;
    this.#endsAt = performance.now() + times.totalMs;
    this.#place = underWay.push(this) - 1;
    sweep ??= setInterval(lookAtAll, SWEEP_MS).unref();
    if (caller.aborted) this.#onCaller();
    else onAbort(caller, this.#onCaller);
  }

  /** A request is on its way. */
  sent(): void {
    this.#headersBy = performance.now() + this.#times.headersMs;
  }

  /** The headers of its response are there. */
  answered(): void {
    this.#headersBy = Infinity;
  }

  /** `now` as `performance` tells it. */
  look(now: number): void {
    const { totalMs, headersMs } = this.#times;
    if (now >= this.#endsAt) this.end('timeout', `${this.host} took longer than ${totalMs} ms`);
    else if (now >= this.#headersBy) this.end('timeout', `${this.host} did not answer within ${headersMs} ms`);
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
    const last = underWay.pop();
    if (last && last !== this) {
      underWay[this.#place] = last;
      last.#place = this.#place;
    }
    offAbort(this.#caller, this.#onCaller);
  }

  readonly #onCaller = () => this.end('timeout', `The call to ${this.host} was given up`, this.#caller.reason);
}

function lookAtAll(): void {
  const now = performance.now();
  for (const guard of underWay) guard.look(now);
  if (underWay.length > 0) return;
  clearInterval(sweep);
  sweep = undefined;
}
