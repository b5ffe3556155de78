import { failed, type OperationResult, type ScmResponse, succeeded } from '@integrations/contracts';
import { type Begun, type Ending, type FinalState, type Rescheduling, storable } from '@integrations/database';
import { ProviderError } from '@integrations/provider-kit';

/** What follows from an attempt: the operation ends, is attempted again later, or is parked. */
export type Verdict =
  | { readonly kind: 'ended'; readonly state: FinalState; readonly outcome: OperationResult<ScmResponse> }
  | ({ readonly kind: 'rescheduled' } & Rescheduling)
  /** The operation ends this way once the check run that it left half made has been cancelled. */
  | ({ readonly kind: 'ending' } & Ending)
  /** Parked until its vendor is reached again. */
  | {
      readonly kind: 'awaits_vendor';
      readonly outcome: OperationResult<ScmResponse>;
      readonly countsAsAttempt: boolean;
    };

type Judged = Pick<Begun['row'], 'id' | 'attempts' | 'deadlineAt' | 'waitingSince'>;

export interface RetryRules {
  /** A transient failure is final after this many counted attempts. */
  readonly maxAttempts: number;
  /** Total milliseconds that an operation may wait for rate limits and secret stores, which use up no attempts. */
  readonly maxLimitedMs: number;
  /** Milliseconds to wait after the n-th failed attempt if the vendor names no delay. */
  readonly backoffMs: (attempt: number) => number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Full jitter may yield 0; this lets a write whose reply was lost arrive before the next attempt looks for it. */
const SHORTEST_BACKOFF_MS = 250;

/** The vendor limits the rate, or our secret store yields no credential: waiting for either uses up no attempts. */
const UNCOUNTED = new Set(['rate_limited', 'secret_unresolvable']);

/** Longest backoff while a secret store is down: trying it costs only us, and recovery should be noticed soon. */
const LONGEST_WAIT_FOR_STORE_MS = 60_000;

/** The verdict on an operation that must not be attempted; null if it may be attempted. */
export function judgeBefore(row: Judged, offline: boolean, rules: RetryRules): Verdict | null {
  const operationId = row.id;
  if (row.deadlineAt && rules.now() >= row.deadlineAt.getTime()) {
    // If the database was down or the dispatcher died, an earlier attempt may have posted without anybody recording it.
    const isKnown = row.attempts <= 1;
    const message = `the deadline passed before ${isKnown ? 'it could be posted' : 'posting was confirmed'}`;
    return ended('failed', failed('deadline_exceeded', message, { operationId }));
  }
  if (offline) return judgeSwitchedOff(row, 'posting is switched off');
  // One attempt more than may fail: it looks for what the last write may have done unnoticed.
  if (row.attempts > rules.maxAttempts + 1) {
    const message = `given up after ${row.attempts - 1} attempts; the outcome of the last one is unknown`;
    return ended('failed', failed('internal', message, { operationId }));
  }
  return null;
}

export function judgeSwitchedOff(row: Judged, why: string): Verdict {
  const what = row.attempts > 1 ? 'an earlier attempt may have reached the vendor' : 'nothing was sent';
  const message = `${why}: ${what}; the payload is parked`;
  return ended('parked_offline', failed('offline', message, { operationId: row.id, skippedOffline: true }));
}

/** `failure`: the outcome of the attempt; null if none was made. */
export function judgeUnreached(row: Judged, failure: OperationResult<ScmResponse> | null): Verdict {
  const last = failure ? `; the last attempt failed: ${failure.errorMessage}` : '';
  const message = `the vendor cannot be reached: the payload is parked, and will be replayed automatically${last}`;
  const outcome = failed('offline', message, { operationId: row.id, skippedOffline: true });
  return { kind: 'awaits_vendor', outcome, countsAsAttempt: failure !== null };
}

export function judgeSuccess(row: Judged, response: ScmResponse): Verdict {
  return ended('succeeded', succeeded(storable(response), row.id));
}

/** A permanent failure ends the operation; a transient one does once attempts or time are used up. */
export function judgeFailure(row: Judged, error: ProviderError, rules: RetryRules): Verdict {
  const operationId = row.id;
  const message = storable(error.message);
  const { code, transient: isTransient, retryAfterMs } = error;
  const failure = (ms: number | undefined) =>
    failed(code, message, { operationId, isTransient, retryAfterMs: ms ?? null });

  const countsAsAttempt = !UNCOUNTED.has(code);
  if (!isTransient) return ended('failed', failure(undefined));
  if (countsAsAttempt && row.attempts >= rules.maxAttempts) return ended('failed', failure(retryAfterMs));

  const waitedMs = row.waitingSince ? rules.now() - row.waitingSince.getTime() : 0;
  const longestMs = code === 'secret_unresolvable' ? LONGEST_WAIT_FOR_STORE_MS : Infinity;
  const tries = countsAsAttempt ? row.attempts : triesIn(Math.min(waitedMs, longestMs / 2));
  const waitMs = Math.round(retryAfterMs ?? Math.max(SHORTEST_BACKOFF_MS, rules.backoffMs(tries)));
  const nextAttemptAt = rules.now() + waitMs;
  if (row.deadlineAt && nextAttemptAt >= row.deadlineAt.getTime()) {
    const late = `the next attempt would come after the deadline; the last one failed: ${message}`;
    return ended('failed', failed('deadline_exceeded', late, { operationId }));
  }
  if (!countsAsAttempt && waitedMs + waitMs > rules.maxLimitedMs) return ended('failed', failure(waitMs));
  return { kind: 'rescheduled', waitMs, outcome: failure(waitMs), countsAsAttempt };
}

/** If an operation that left a check run half made is to fail, the check run is cancelled first. */
export function judgeHalfMade(verdict: Verdict): Verdict {
  if (verdict.kind !== 'ended' || verdict.state !== 'failed') return verdict;
  return { kind: 'ending', state: 'failed', outcome: verdict.outcome };
}

/**
 * The operation was to end, and `attempt` is the verdict on cancelling its check run. If cancelling failed for good,
 * the operation ends as planned, and its message says that the check run may still be in progress.
 */
export function judgeUnconcluded({ state, outcome }: Ending, attempt: Verdict): Verdict {
  if (attempt.kind !== 'ended' || attempt.state !== 'failed') return attempt;
  const left = `its check run may still be in progress: ${attempt.outcome.errorMessage}`;
  return ended(state, { ...outcome, errorMessage: `${outcome.errorMessage}; ${left}` });
}

/** For waits that use up no attempts: the number of attempts whose backoff is at most twice `waitedMs`. */
function triesIn(waitedMs: number): number {
  return 1 + Math.log2(Math.max(1, waitedMs / 500));
}

function ended(state: FinalState, outcome: OperationResult<ScmResponse>): Verdict {
  return { kind: 'ended', state, outcome };
}
