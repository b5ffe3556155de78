import { type HealthStatus, isStale, type ProbeCode, staleFrom } from '@integrations/contracts';
import type { Database, PreparedStatement } from '../database';
import { PackedRows } from '../packed-rows';
import { rows } from '../sql';
import type { Transaction } from '../transaction';

/** The result of one probe of an integration. */
export interface ProbeResult {
  readonly integrationId: string;
  readonly tenantId: string;
  readonly checkedAt: Date;
  readonly status: HealthStatus;
  readonly code: ProbeCode;
  readonly latencyMs: number;
  /** The last check before this one that updated the health, with the interval in force since; null if there was none. */
  readonly previous: { readonly checkedAt: Date; readonly intervalSeconds: number } | null;
}

/** A change of the judged status. */
export interface HealthTransition {
  readonly integrationId: string;
  readonly tenantId: string;
  readonly from: HealthStatus;
  readonly to: HealthStatus;
  readonly reasonCode: ProbeCode;
  readonly at: Date;
  /** True if the integration was flapping from then on. */
  readonly flapping: boolean;
}

/** The time of a check that updated the health, with the previous one. */
export type HealthSighting = Pick<ProbeResult, 'integrationId' | 'tenantId' | 'checkedAt' | 'previous'>;

export interface HealthRecords {
  readonly results: readonly ProbeResult[];
  /** Checks that only confirmed what was known. */
  readonly confirmations?: readonly HealthSighting[];
  readonly transitions: readonly HealthTransition[];
}

export type RecordedTransition = Omit<HealthTransition, 'integrationId' | 'tenantId'> & {
  /** Orders transitions of the same moment. */
  readonly position: number;
};

/** A period that says nothing about an integration's health. A maintenance period may end in the future. */
export interface HealthGap {
  readonly kind: 'stale' | 'maintenance';
  readonly began: Date;
  readonly ended: Date;
}

/** How long checks took, in milliseconds. */
export interface LatencyStatistics {
  readonly checks: number;
  /** When the oldest of these checks was made. */
  readonly from: Date;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** A part of an integration's history: the newest `limit` entries after `since`. */
export interface HistoryRange {
  readonly tenantId: string;
  readonly integrationId: string;
  readonly since: Date;
  readonly limit: number;
}

type LateCheck = Pick<ProbeResult, 'integrationId' | 'tenantId'> & { readonly began: Date; readonly ended: Date };

/** The health history of integrations. Transitions and gaps are kept for 400 days, results for seven. */
export class HealthHistory {
  constructor(private readonly database: Database) {}

  /**
   * Writes the results and transitions of a batch of probes, one statement per kind. A check that came too late also
   * records the stale period before it. Times ahead of PostgreSQL's clock are capped to it.
   */
  async append({ results, confirmations = [], transitions }: HealthRecords, tx: Transaction): Promise<void> {
    await this.#insertResults(results, tx);
    await this.#insertTransitions(transitions, tx);
    // A check that the prober failed to make does not end a stale period.
    const conclusive = results.filter(({ code }) => code !== 'prober_error');
    await this.#insertStale([...conclusive, ...confirmations].flatMap(staleBefore), tx);
  }

  /** Newest first. */
  transitions({ tenantId, integrationId, since, limit }: HistoryRange): Promise<RecordedTransition[]> {
    return rows(
      this.database.ofTenant(tenantId),
      `SELECT position, at, from_status AS "from", to_status AS "to", reason_code AS "reasonCode", flapping
       FROM health_transition WHERE tenant_id = $1 AND integration_id = $2 AND at > $3
       ORDER BY at DESC, position DESC LIMIT $4`,
      [tenantId, integrationId, since, limit],
    );
  }

  /** Gaps that ended after `since` or have not ended, the last to end first. */
  gaps({ tenantId, integrationId, since, limit }: HistoryRange): Promise<HealthGap[]> {
    return rows(
      this.database.ofTenant(tenantId),
      `SELECT kind, began_at AS began, ended_at AS ended
       FROM health_gap WHERE tenant_id = $1 AND integration_id = $2 AND ended_at > $3
       ORDER BY ended_at DESC LIMIT $4`,
      [tenantId, integrationId, since, limit],
    );
  }

  /** Statistics of the checks that the prober could make; null if there are none. */
  async latency({ tenantId, integrationId, since, limit }: HistoryRange): Promise<LatencyStatistics | null> {
    const [found] = await rows<LatencyStatistics>(
      this.database.ofTenant(tenantId),
      `SELECT count(*) AS checks, min(checked_at) AS "from", max(latency_ms) AS max,
              percentile_disc(0.5) WITHIN GROUP (ORDER BY latency_ms) AS p50,
              percentile_disc(0.95) WITHIN GROUP (ORDER BY latency_ms) AS p95,
              percentile_disc(0.99) WITHIN GROUP (ORDER BY latency_ms) AS p99
       FROM (SELECT checked_at, latency_ms FROM health_result
             WHERE integration_id = $2 AND checked_at > $3 AND tenant_id = $1 AND code <> 'prober_error'
             ORDER BY checked_at DESC LIMIT $4) AS newest`,
      [tenantId, integrationId, since, limit],
    );
    return found && found.checks > 0 ? found : null;
  }

  /**
   * Begins maintenance now, or moves the end of the current one; null ends it now. The caller must change the integration's
   * row in the same transaction, so that concurrent calls wait for each other.
   */
  async setMaintenance(tenantId: string, integrationId: string, until: Date | null, tx: Transaction): Promise<void> {
    await rows(
      this.database.ofTenant(tenantId, tx),
      `WITH moved AS (
         UPDATE health_gap SET ended_at = greatest(now(), $3::timestamptz)
         WHERE tenant_id = $1 AND integration_id = $2 AND kind = 'maintenance' AND ended_at > now() RETURNING 1
       )
       INSERT INTO health_gap (tenant_id, integration_id, kind, began_at, ended_at)
       SELECT $1, $2, 'maintenance', now(), greatest(now(), $3::timestamptz)
       WHERE $3::timestamptz IS NOT NULL AND NOT EXISTS (SELECT FROM moved)`,
      [tenantId, integrationId, until],
    );
  }

  async #insertResults(results: readonly ProbeResult[], tx: Transaction): Promise<void> {
    if (results.length === 0) return;
    await this.database.prepared(INSERT_RESULTS, [RESULTS.pack(results)], 'all_tenants', tx);
  }

  async #insertTransitions(transitions: readonly HealthTransition[], tx: Transaction): Promise<void> {
    if (transitions.length === 0) return;
    await rows(this.database.ofAllTenants(tx), INSERT_TRANSITIONS, [TRANSITIONS.pack(transitions)]);
  }

  async #insertStale(gaps: readonly LateCheck[], tx: Transaction): Promise<void> {
    if (gaps.length === 0) return;
    await rows(this.database.ofAllTenants(tx), INSERT_STALE, [LATE_CHECKS.pack(gaps)]);
  }
}

function staleBefore({ integrationId, tenantId, checkedAt, previous }: HealthSighting): LateCheck[] {
  if (!previous || !isStale(previous.checkedAt, previous.intervalSeconds, checkedAt)) return [];
  const began = staleFrom(previous.checkedAt, previous.intervalSeconds);
  return [{ integrationId, tenantId, began, ended: checkedAt }];
}

const RESULTS = new PackedRows<Omit<ProbeResult, 'previous'>>({
  ...{ integrationId: 'uuid', tenantId: 'text', checkedAt: 'time', status: 'text', code: 'text', latencyMs: 'integer' },
});

const INSERT_RESULTS: PreparedStatement = {
  name: 'health_results',
  text: `
    INSERT INTO health_result (tenant_id, integration_id, checked_at, status, code, latency_ms)
    SELECT "tenantId", "integrationId", least("checkedAt", now()), status, code, "latencyMs" FROM ${RESULTS.sql} AS result`,
};

const TRANSITIONS = new PackedRows<HealthTransition>({
  ...{ integrationId: 'uuid', tenantId: 'text', at: 'time', from: 'text', to: 'text', reasonCode: 'text' },
  flapping: 'boolean',
});

const INSERT_TRANSITIONS = `
  INSERT INTO health_transition (tenant_id, integration_id, at, from_status, to_status, reason_code, flapping)
  SELECT "tenantId", "integrationId", least(at, now()), "from", "to", "reasonCode", flapping
  FROM ${TRANSITIONS.sql} AS turned`;

const LATE_CHECKS = new PackedRows<LateCheck>({
  ...{ integrationId: 'uuid', tenantId: 'text', began: 'time', ended: 'time' },
});

const INSERT_STALE = `
  INSERT INTO health_gap (tenant_id, integration_id, kind, began_at, ended_at)
  SELECT "tenantId", "integrationId", 'stale', least(began, now()), least(ended, now()) FROM ${LATE_CHECKS.sql} AS late`;
