import type { ProbeVerdict } from '@integrations/contracts';
import type { HealthRow } from './health.repository';

/** What of the state of an integration the next probe is judged by. */
export type BelievedHealth = Omit<HealthRow, 'integrationId' | 'tenantId' | 'latencyMs' | 'verdict'> & {
  readonly verdict: Pick<ProbeVerdict, 'code' | 'credential' | 'capabilities'>;
};

type Times = 'since' | 'checkedAt' | 'turns';

/** The same as JSON. */
export type StoredBelief = Omit<BelievedHealth, Times> & {
  readonly since: string;
  readonly checkedAt: string;
  readonly turns: readonly string[];
};

/** Of the row `h`. What a verdict does not have is left out. */
export const BELIEVED = `json_build_object(
  'status', h.status, 'code', h.code, 'message', h.message, 'since', h.since, 'checkedAt', h.checked_at,
  'intervalSeconds', h.interval_seconds, 'failures', h.failures, 'successes', h.successes, 'settled', h.settled,
  'flapping', h.flapping, 'turns', h.turns, 'verdict', jsonb_strip_nulls(jsonb_build_object(
    'code', h.verdict->'code', 'credential', h.verdict->'credential', 'capabilities', h.verdict->'capabilities')))`;

/** Makes it a BelievedHealth, in place: copies would be a good part of all that a check leaves to the collector of garbage. */
export function reviveBelieved(stored: StoredBelief): void {
  const turns = stored.turns.map((turn) => new Date(turn));
  Object.assign(stored, { since: new Date(stored.since), checkedAt: new Date(stored.checkedAt), turns });
}
