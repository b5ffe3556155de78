import type { ErrorCode } from '@integrations/contracts';
import { offAbort, onAbort } from '../on-abort';
import { ProviderError } from '../provider-error';
import type { Carrier } from './connection';
import { timedOut } from './open-tunnel';

/** Time limits of a call, in milliseconds. */
export interface CallTimes {
  /** For the whole call, redirects included. */
  readonly totalMs: number;
  /** From a request to the headers of its response. */
  readonly headersMs: number;
}

interface Verdict {
  readonly code: ErrorCode;
  readonly message: string;
  readonly cause?: unknown;
}

/** Interval of the timeout check, so a timeout is noticed at most this late. */
const SWEEP_MS = 100;
/**
 * The guards of all calls in flight, checked by one timer: a timer per call would cost as much as the rest of the
 * guard. An array rather than a Set: V8 keeps rebuilding a Set that changes often, and an old copy that the garbage
 * collector has not reached yet keeps all later copies alive.
 */
const inFlight: CallGuard[] = [];
let sweep: NodeJS.Timeout | undefined;

/** Ends a call early: on its caller's signal, on a timeout, or because of its response. */
export class CallGuard {
  /** Called once when the call is ended early, to abort what is in progress. */
  onEnd: (() => void) | undefined;
  readonly #caller: AbortSignal;
  readonly #times: CallTimes;
  readonly #endsAt: number;
  /** Index in `inFlight`. */
  #index: number;
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
    this.#index = inFlight.push(this) - 1;
    sweep ??= setInterval(checkAll, SWEEP_MS).unref();
    if (caller.aborted) this.#onCaller();
    else onAbort(caller, this.#onCaller);
  }

  /** Starts the time limit for the response's headers. */
  sent(): void {
    this.#headersBy = performance.now() + this.#times.headersMs;
  }

  /** Ends the time limit for the response's headers. */
  answered(): void {
    this.#headersBy = Infinity;
  }

  /** Ends the call if it has timed out; `now` is from `performance.now()`. */
  check(now: number): void {
    const { totalMs, headersMs } = this.#times;
    if (now >= this.#endsAt) this.end('timeout', `${this.host} took longer than ${totalMs} ms`);
    else if (now >= this.#headersBy) this.end('timeout', `${this.host} did not answer within ${headersMs} ms`);
  }

  end(code: ErrorCode, message: string, cause?: unknown): void {
    if (this.#verdict) return;
    this.#verdict = { code, message, cause };
    this.onEnd?.();
  }

  /** The reason why the call was ended early, or undefined if it was not. */
  error(carrier: Carrier | undefined): ProviderError | undefined {
    if (!this.#verdict) return undefined;
    const { code, message, cause } = this.#verdict;
    if (code === 'timeout' && carrier) return timedOut(message, carrier, cause);
    return new ProviderError(code, message, { cause, stage: carrier?.stage });
  }

  release(): void {
    const last = inFlight.pop();
    if (last && last !== this) {
      inFlight[this.#index] = last;
      last.#index = this.#index;
    }
    offAbort(this.#caller, this.#onCaller);
  }

  readonly #onCaller = () => this.end('timeout', `The call to ${this.host} was aborted`, this.#caller.reason);
}

function checkAll(): void {
  const now = performance.now();
  for (const guard of inFlight) guard.check(now);
  if (inFlight.length > 0) return;
  clearInterval(sweep);
  sweep = undefined;
}
