import { type HealthStatus, isStale, type ProbeCode, staleFrom } from '@integrations/contracts';
import type { Database } from '../database';
import { rows } from '../sql';
import type { Transaction } from '../transaction';

/** What a probe of an integration told. */
export interface ProbeResult {
  readonly integrationId: string;
  readonly tenantId: string;
  readonly checkedAt: Date;
  readonly status: HealthStatus;
  readonly code: ProbeCode;
  readonly latencyMs: number;
  /** The last check before it that told something, and the interval in force since; null: there was none. */
  readonly previous: { readonly checkedAt: Date; readonly intervalSeconds: number } | null;
}

/** A turn of the judged status. */
export interface HealthTransition {
  readonly integrationId: string;
  readonly tenantId: string;
  readonly from: HealthStatus;
  readonly to: HealthStatus;
  readonly reasonCode: ProbeCode;
  readonly at: Date;
  /** Whether it was flapping from then on. */
  readonly flapping: boolean;
}

export interface HealthRecords {
  readonly results: readonly ProbeResult[];
  readonly transitions: readonly HealthTransition[];
}

type Gap = Pick<ProbeResult, 'integrationId' | 'tenantId'> & { readonly began: Date; readonly ended: Date };

/** What became of the health of integrations. Transitions and gaps are kept for 400 days, results for seven. */
export class HealthHistory {
  constructor(private readonly database: Database) {}

  /**
   * Writes what a batch of probes told and turned, in a statement for each kind. A check that came too late also leaves
   * the time for which nobody knew. No time is written that lies ahead of PostgreSQL's clock.
   */
  async append({ results, transitions }: HealthRecords, tx: Transaction): Promise<void> {
    await this.#insertResults(results, tx);
    await this.#insertTransitions(transitions, tx);
    await this.#insertStale(results.flatMap(staleBefore), tx);
  }

  async #insertResults(results: readonly ProbeResult[], tx: Transaction): Promise<void> {
    if (results.length === 0) return;
    await rows(
      this.database.manager(tx),
      `INSERT INTO health_result (tenant_id, integration_id, checked_at, status, code, latency_ms)
       SELECT tenant_id, integration_id, least(checked_at, now()), status, code, latency_ms
       FROM unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::integer[])
         AS told (tenant_id, integration_id, checked_at, status, code, latency_ms)`,
      [
        results.map(({ tenantId }) => tenantId),
        results.map(({ integrationId }) => integrationId),
        results.map(({ checkedAt }) => checkedAt),
        results.map(({ status }) => status),
        results.map(({ code }) => code),
        results.map(({ latencyMs }) => Math.round(latencyMs)),
      ],
    );
  }

  async #insertTransitions(transitions: readonly HealthTransition[], tx: Transaction): Promise<void> {
    if (transitions.length === 0) return;
    await rows(
      this.database.manager(tx),
      `INSERT INTO health_transition (tenant_id, integration_id, at, from_status, to_status, reason_code, flapping)
       SELECT tenant_id, integration_id, least(at, now()), from_status, to_status, reason_code, flapping
       FROM unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::boolean[])
         AS turned (tenant_id, integration_id, at, from_status, to_status, reason_code, flapping)`,
      [
        transitions.map(({ tenantId }) => tenantId),
        transitions.map(({ integrationId }) => integrationId),
        transitions.map(({ at }) => at),
        transitions.map(({ from }) => from),
        transitions.map(({ to }) => to),
        transitions.map(({ reasonCode }) => reasonCode),
        transitions.map(({ flapping }) => flapping),
      ],
    );
  }

  async #insertStale(gaps: readonly Gap[], tx: Transaction): Promise<void> {
    if (gaps.length === 0) return;
    await rows(
      this.database.manager(tx),
      `INSERT INTO health_gap (tenant_id, integration_id, kind, began_at, ended_at)
       SELECT tenant_id, integration_id, 'stale', least(began_at, now()), least(ended_at, now())
       FROM unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::timestamptz[])
         AS late (tenant_id, integration_id, began_at, ended_at)`,
      [
        gaps.map(({ tenantId }) => tenantId),
        gaps.map(({ integrationId }) => integrationId),
        gaps.map(({ began }) => began),
        gaps.map(({ ended }) => ended),
      ],
    );
  }
}

/** What the prober could not check ends no ignorance. */
function staleBefore({ integrationId, tenantId, code, checkedAt, previous }: ProbeResult): Gap[] {
  if (code === 'prober_error' || !previous) return [];
  if (!isStale(previous.checkedAt, previous.intervalSeconds, checkedAt)) return [];
  const began = staleFrom(previous.checkedAt, previous.intervalSeconds);
  return [{ integrationId, tenantId, began, ended: checkedAt }];
}
