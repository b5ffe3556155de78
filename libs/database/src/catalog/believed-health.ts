import type { HealthStatus, ProbeCode, ProbeVerdict } from '@integrations/contracts';
import type { HealthRow } from './health.repository';

/** The part of an integration's health against which the next probe is judged. */
export type BelievedHealth = Omit<HealthRow, 'integrationId' | 'tenantId' | 'latencyMs' | 'verdict'> & {
  readonly verdict: Pick<ProbeVerdict, 'code' | 'credential' | 'capabilities'>;
};

type Verdict = BelievedHealth['verdict'];

/** The same as PostgreSQL returns it; times are in milliseconds. */
export type BeliefColumns = readonly [
  ...[status: HealthStatus, code: ProbeCode, message: string, settled: HealthStatus, flapping: boolean],
  ...[since: number, checkedAt: number, turns: readonly number[]],
  ...[intervalSeconds: number, failures: number, successes: number, verdict: VerdictColumns],
];

type VerdictColumns = readonly [
  ...[code: ProbeCode, credential: Verdict['credential'] | null, capabilities: Verdict['capabilities'] | null],
];

/** SQL that selects the BeliefColumns of the health row `h`. */
export const BELIEVED = `json_build_array(
  h.status, h.code, h.message, h.settled, h.flapping,
  ${milliseconds('h.since')}, ${milliseconds('h.checked_at')},
  ARRAY(SELECT ${milliseconds('turn')} FROM unnest(h.turns) AS turn),
  h.interval_seconds, h.failures, h.successes,
  json_build_array(h.verdict->'code', h.verdict->'credential', h.verdict->'capabilities'))`;

export function believedOf(columns: BeliefColumns): BelievedHealth {
  const [status, code, message, settled, flapping, since, checkedAt, turns, ...counts] = columns;
  const [intervalSeconds, failures, successes, verdict] = counts;
  return {
    ...{ status, code, message, settled, flapping, intervalSeconds, failures, successes },
    since: new Date(since),
    checkedAt: new Date(checkedAt),
    turns: turns.map((turn) => new Date(turn)),
    verdict: verdictOf(verdict),
  };
}

function verdictOf([code, credential, capabilities]: VerdictColumns): Verdict {
  return { code, ...(credential ? { credential } : {}), ...(capabilities ? { capabilities } : {}) };
}

function milliseconds(time: string): string {
  return `(extract(epoch FROM ${time}) * 1000)::bigint`;
}
