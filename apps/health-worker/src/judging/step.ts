import type { HealthStatus, ProbeCode, ProbeVerdict } from '@integrations/contracts';
import { damp, type Damped } from './flapping';

/** What we believe about an integration after the probes so far. */
export interface Judgement extends Damped {
  readonly status: HealthStatus;
  readonly code: ProbeCode;
  readonly message: string;
  /** When `status` began. */
  readonly since: Date;
  /** Failures and successes in a row; one of them is 0. */
  readonly failures: number;
  readonly successes: number;
  /** The status by the thresholds alone; `status` is the same unless the integration is flapping. */
  readonly settled: HealthStatus;
}

/** The input of a step: the judgement so far, and the last verdict that went into it. */
export type Believed = Judgement & { readonly verdict: Pick<ProbeVerdict, 'code'> };

/**
 * When to probe again. `regular`: at the interval. `edge`: soon, because one more result may change the status.
 * `refused`: the vendor refused the credential twice and might lock the account, so an unchanged one is not sent again.
 */
export type Recheck = 'regular' | 'edge' | 'refused';

/** A change of status or flapping that a step reports. */
export interface Turn {
  readonly from: HealthStatus;
  readonly to: HealthStatus;
  readonly flapping: boolean;
}

export interface Step {
  readonly judgement: Judgement;
  readonly turn: Turn | null;
  readonly recheck: Recheck;
}

interface Count extends Pick<Judgement, 'settled' | 'failures' | 'successes'> {
  /** The streak is still too short to change the status. */
  readonly waits: boolean;
  readonly recheck: Recheck;
}

const FAILURES_TO_UNHEALTHY = 3;
const SUCCESSES_TO_HEALTHY = 2;

const REFUSED: ReadonlySet<ProbeCode> = new Set([
  'credential_missing',
  'credential_invalid',
  'credential_expired',
  'credential_disabled',
]);

/** Failures of a service that is down or unreachable, and so fails for everyone connected to it. */
export const AWAY: ReadonlySet<ProbeCode> = new Set([
  'dns_error',
  'tcp_refused',
  'tcp_timeout',
  'proxy_error',
  'tls_expired',
  'tls_error',
  'timeout',
  'server_degraded',
]);

/**
 * One step of judging. Pure, so that every rule can be tested. The first result decides. After that the status gets
 * worse after three failures in a row, or two in a row over the credential, and better after two successes. A rate
 * limit degrades and never counts as a failure. Trouble of the prober itself changes nothing. A status that changes too
 * often is held at `degraded`.
 */
export function step(before: Believed | null, verdict: ProbeVerdict, now: Date): Step {
  if (verdict.code === 'prober_error') return unjudged(before, verdict, now);
  const { settled, failures, successes, waits, recheck } = count(before, verdict);
  const { flapping, turns } = damp(before, settled, now);
  const status = flapping ? 'degraded' : settled;
  const { code, message } = waits && before ? before : verdict;
  const since = before?.status === status ? before.since : now;
  const judgement = { status, code, message, since, failures, successes, settled, flapping, turns };
  const turn = turnOf(before, judgement);
  return { judgement, turn, recheck: flapping && recheck === 'edge' ? 'regular' : recheck };
}

/**
 * Keeps the status and the counts, whatever the verdict. A credential refused twice in a row is still not sent again.
 */
export function unjudged(before: Believed | null, { code, message }: ProbeVerdict, now: Date): Step {
  const judgement: Judgement = before ?? {
    ...{ status: 'unknown', code, message, since: now },
    ...{ failures: 0, successes: 0, settled: 'unknown', flapping: false, turns: [] },
  };
  const again = before !== null && isOfCredential(before.verdict) && REFUSED.has(code);
  return { judgement, turn: null, recheck: again ? 'refused' : 'regular' };
}

/** True unless the connection is known to work; `unknown` counts as a failure. */
export function isFailure({ status }: Pick<ProbeVerdict, 'status'>): boolean {
  return status === 'unhealthy' || status === 'unknown';
}

/** Whether we have judged that the vendor refuses the credential. */
export function isBelievedRefused(believed: Pick<Believed, 'settled' | 'verdict'> | null): boolean {
  return believed?.settled === 'unhealthy' && REFUSED.has(believed.verdict.code);
}

/** True if the status changed because the service has recovered, so other integrations on its host may have too. */
export function isRecovery(before: Pick<Judgement, 'code'> | null, { from }: Pick<Turn, 'from'>): boolean {
  return from === 'unhealthy' && before !== null && AWAY.has(before.code);
}

function count(before: Believed | null, verdict: ProbeVerdict): Count {
  const known = before && before.settled !== 'unknown' ? before : null;
  if (verdict.code === 'rate_limited') {
    return { settled: 'degraded', failures: 0, successes: 0, waits: false, recheck: 'regular' };
  }
  return isFailure(verdict) ? countFailure(known, verdict) : countSuccess(known, verdict);
}

function countFailure(known: Believed | null, verdict: ProbeVerdict): Count {
  const counted = { failures: (known?.failures ?? 0) + 1, successes: 0 };
  const ofCredential = isOfCredential(verdict);
  const again = ofCredential && counted.failures > 1 && known !== null && isOfCredential(known.verdict);
  const enough = again || counted.failures >= FAILURES_TO_UNHEALTHY;
  if (known && known.settled !== 'unhealthy' && !enough) {
    return { ...counted, settled: known.settled, waits: true, recheck: 'edge' };
  }
  const settled = 'unhealthy';
  if (!ofCredential) return { ...counted, settled, waits: false, recheck: 'regular' };
  if (!again) return { ...counted, settled, waits: false, recheck: 'edge' };
  return { ...counted, settled, waits: false, recheck: REFUSED.has(verdict.code) ? 'refused' : 'regular' };
}

function countSuccess(known: Believed | null, { status }: ProbeVerdict): Count {
  const counted = { failures: 0, successes: (known?.successes ?? 0) + 1 };
  const better = known?.settled === 'unhealthy' || (known?.settled === 'degraded' && status === 'healthy');
  if (better && counted.successes < SUCCESSES_TO_HEALTHY) {
    return { ...counted, settled: known.settled, waits: true, recheck: 'edge' };
  }
  return { ...counted, settled: status, waits: false, recheck: 'regular' };
}

/** An unresolvable secret is a failure of the credential as well, but nothing is sent to the vendor. */
function isOfCredential({ code }: Pick<ProbeVerdict, 'code'>): boolean {
  return REFUSED.has(code) || code === 'secret_unresolvable';
}

function turnOf(before: Believed | null, { status: to, flapping }: Judgement): Turn | null {
  const from = before?.status ?? 'unknown';
  return from === to && flapping === (before?.flapping ?? false) ? null : { from, to, flapping };
}
