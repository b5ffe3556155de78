import type { HealthStatus, ProbeCode, ProbeVerdict } from '@integrations/contracts';

/** What is believed of an integration after the probes so far. */
export interface Judgement {
  readonly status: HealthStatus;
  readonly code: ProbeCode;
  readonly message: string;
  /** When `status` began. */
  readonly since: Date;
  /** Failures and successes in a row; one of them is 0. */
  readonly failures: number;
  readonly successes: number;
}

/**
 * When to look again. `regular`: at the interval. `edge`: soon, because one more result may turn the status.
 * `suspended`: not for long, because the vendor keeps refusing the credential and could lock the account.
 */
export type Recheck = 'regular' | 'edge' | 'suspended';

export interface Step {
  readonly judgement: Judgement;
  /** The status before, when this probe turned it. */
  readonly turnedFrom: HealthStatus | null;
  readonly recheck: Recheck;
}

const FAILURES_TO_UNHEALTHY = 3;
const CREDENTIAL_FAILURES_TO_UNHEALTHY = 2;
const SUCCESSES_TO_HEALTHY = 2;

const CREDENTIAL_CODES: ReadonlySet<ProbeCode> = new Set([
  'credential_missing',
  'credential_invalid',
  'credential_expired',
  'credential_disabled',
  'secret_unresolvable',
]);

const UNKNOWN: Judgement = {
  status: 'unknown',
  code: 'prober_error',
  message: '',
  since: new Date(0),
  failures: 0,
  successes: 0,
};

/**
 * One step of judging: pure, so that every rule can be tested. The first result decides; then a turn for the worse
 * takes three failures (two of the credential) and a turn for the better two successes. A rate limit degrades and
 * never counts as a failure. Trouble of the prober itself changes nothing.
 */
export function judge(before: Judgement | null, verdict: ProbeVerdict, now: Date): Step {
  const known = before && before.status !== 'unknown' ? before : null;
  if (verdict.code === 'prober_error') {
    const judgement = before ?? { ...UNKNOWN, message: verdict.message, since: now };
    return { judgement, turnedFrom: null, recheck: 'regular' };
  }
  if (verdict.code === 'rate_limited') return turn(before, 'degraded', verdict, now, { failures: 0, successes: 0 });
  return isFailure(verdict) ? afterFailure(known, before, verdict, now) : afterSuccess(known, before, verdict, now);
}

function isFailure(verdict: ProbeVerdict): boolean {
  return verdict.status === 'unhealthy' || verdict.status === 'unknown';
}

function afterFailure(known: Judgement | null, before: Judgement | null, verdict: ProbeVerdict, now: Date): Step {
  const failures = (known?.failures ?? 0) + 1;
  const ofCredential = CREDENTIAL_CODES.has(verdict.code);
  const needed = ofCredential ? CREDENTIAL_FAILURES_TO_UNHEALTHY : FAILURES_TO_UNHEALTHY;
  const counts = { failures, successes: 0 };
  if (known && known.status !== 'unhealthy' && failures < needed) return hold(known, counts);
  const step = turn(before, 'unhealthy', verdict, now, counts);
  if (!ofCredential) return step;
  return { ...step, recheck: failures < needed ? 'edge' : 'suspended' };
}

function afterSuccess(known: Judgement | null, before: Judgement | null, verdict: ProbeVerdict, now: Date): Step {
  const successes = (known?.successes ?? 0) + 1;
  const counts = { failures: 0, successes };
  const better = known?.status === 'unhealthy' || (known?.status === 'degraded' && verdict.status === 'healthy');
  if (better && successes < SUCCESSES_TO_HEALTHY) return hold(known, counts);
  return turn(before, verdict.status, verdict, now, counts);
}

/** The streak grows, the status waits for more; one more look soon. */
function hold(known: Judgement, counts: { failures: number; successes: number }): Step {
  return { judgement: { ...known, ...counts }, turnedFrom: null, recheck: 'edge' };
}

function turn(
  before: Judgement | null,
  status: HealthStatus,
  { code, message }: ProbeVerdict,
  now: Date,
  counts: { failures: number; successes: number },
): Step {
  const same = before?.status === status;
  const judgement = { status, code, message, since: same ? before.since : now, ...counts };
  return { judgement, turnedFrom: same ? null : (before?.status ?? 'unknown'), recheck: 'regular' };
}
