import { failed, type OperationResult, type ScmResponse, succeeded } from '@integrations/contracts';
import { type Begun, type Ending, type FinalState, type Rescheduling, storable } from '@integrations/database';
import { ProviderError } from '@integrations/provider-kit';

/** What an attempt came to: the end of the operation, or another attempt later. */
export type Verdict =
  | { readonly kind: 'ended'; readonly state: FinalState; readonly outcome: OperationResult<ScmResponse> }
  | ({ readonly kind: 'rescheduled' } & Rescheduling)
  /** It is to end so, once what it left half made is concluded. */
  | ({ readonly kind: 'ending' } & Ending)
  /** Parked for as long as its vendor is not reached. */
  | {
      readonly kind: 'awaits_vendor';
      readonly outcome: OperationResult<ScmResponse>;
      readonly countsAsAttempt: boolean;
    };

type Judged = Pick<Begun['row'], 'id' | 'attempts' | 'deadlineAt' | 'waitingSince'>;

export interface RetryRules {
  /** Attempts that count, until a transient failure is final. */
  readonly maxAttempts: number;
  /** Milliseconds that an operation may wait altogether for what counts as no attempt. */
  readonly maxLimitedMs: number;
  /** Milliseconds before the attempt after the n-th failed one, where the vendor names none. */
  readonly backoffMs: (attempt: number) => number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** So that a write whose reply was lost has arrived before the next attempt looks for it; full jitter may say 0. */
const SHORTEST_BACKOFF_MS = 250;

/** The vendor says how long to wait, or our own store gives no credential to ask it with: neither uses attempts up. */
const BEFORE_AN_ATTEMPT = new Set(['rate_limited', 'secret_unresolvable']);

/** A store that is back is to be noticed soon; while it is away, an attempt costs nobody but us. */
const LONGEST_WAIT_FOR_STORE_MS = 60_000;

/** Why an operation must not even be attempted; null if it may be. */
export function judgeBefore(row: Judged, offline: boolean, rules: RetryRules): Verdict | null {
  const operationId = row.id;
  if (row.deadlineAt && rules.now() >= row.deadlineAt.getTime()) {
    // What became of an attempt while the database was away, or its dispatcher died, nobody has written down.
    const isKnown = row.attempts <= 1;
    const message = `the deadline passed before it ${isKnown ? 'could be' : 'was known to be'} posted`;
    return ended('failed', failed('deadline_exceeded', message, { operationId }));
  }
  if (offline) return judgeSwitchedOff(row, 'posting is switched off');
  // One more than may fail: the last may have been carried out although nobody was told, and has to be looked for.
  if (row.attempts > rules.maxAttempts + 1) {
    const message = `given up after ${row.attempts - 1} attempts: nobody knows what became of the last`;
    return ended('failed', failed('internal', message, { operationId }));
  }
  return null;
}

export function judgeSwitchedOff(row: Judged, why: string): Verdict {
  const what = row.attempts > 1 ? 'an attempt before may have reached the vendor' : 'nothing was sent';
  const message = `${why}: ${what}, the payload is parked`;
  return ended('parked_offline', failed('offline', message, { operationId: row.id, skippedOffline: true }));
}

/** `failure`: what the attempt came to; null if there was none. */
export function judgeUnreached(row: Judged, failure: OperationResult<ScmResponse> | null): Verdict {
  const last = failure ? `; the last attempt failed: ${failure.errorMessage}` : '';
  const message = `the vendor is not reached: the payload is parked, and replayed by itself when it is${last}`;
  const outcome = failed('offline', message, { operationId: row.id, skippedOffline: true });
  return { kind: 'awaits_vendor', outcome, countsAsAttempt: failure !== null };
}

export function judgeSuccess(row: Judged, response: ScmResponse): Verdict {
  return ended('succeeded', succeeded(storable(response), row.id));
}

/** Permanent failures end the operation; others do when attempts or time are used up. */
export function judgeFailure(row: Judged, error: ProviderError, rules: RetryRules): Verdict {
  const operationId = row.id;
  const message = storable(error.message);
  const { code, transient: isTransient, retryAfterMs } = error;
  const failure = (ms: number | undefined) =>
    failed(code, message, { operationId, isTransient, retryAfterMs: ms ?? null });

  const countsAsAttempt = !BEFORE_AN_ATTEMPT.has(code);
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

/** Of an operation that left something half made: before it fails, that is to be concluded. */
export function judgeHalfMade(verdict: Verdict): Verdict {
  if (verdict.kind !== 'ended' || verdict.state !== 'failed') return verdict;
  return { kind: 'ending', state: 'failed', outcome: verdict.outcome };
}

/** `attempt`: what the attempt to conclude came to. Where no other will follow, the operation ends as it would have. */
export function judgeUnconcluded({ state, outcome }: Ending, attempt: Verdict): Verdict {
  if (attempt.kind !== 'ended' || attempt.state !== 'failed') return attempt;
  const left = `its check run may be under way still: ${attempt.outcome.errorMessage}`;
  return ended(state, { ...outcome, errorMessage: `${outcome.errorMessage}; ${left}` });
}

/** What is not counted is put off as if it had been: by at most twice as long as it has waited so far. */
function triesIn(waitedMs: number): number {
  return 1 + Math.log2(Math.max(1, waitedMs / 500));
}

function ended(state: FinalState, outcome: OperationResult<ScmResponse>): Verdict {
  return { kind: 'ended', state, outcome };
}
