import { type HealthStatus, type ProbeCode, type ProbeVerdict, STALE_AFTER_INTERVALS } from '@integrations/contracts';
import { In } from 'typeorm';
import type { Database, PreparedStatement } from '../database';
import { PackedRows } from '../packed-rows';
import { rows } from '../sql';
import type { Transaction } from '../transaction';
import { HealthEntity } from './health.entity';

/** The judged health of an integration. Exists from its first probe on. */
export interface HealthRow {
  readonly integrationId: string;
  readonly tenantId: string;
  readonly status: HealthStatus;
  readonly code: ProbeCode;
  readonly message: string;
  /** When `status` began. */
  readonly since: Date;
  readonly checkedAt: Date;
  /** The interval in force since the check, in seconds. */
  readonly intervalSeconds: number;
  readonly latencyMs: number;
  /** Consecutive failures and successes; one of them is 0. */
  readonly failures: number;
  readonly successes: number;
  /** The status by the thresholds alone, not held back by flapping. */
  readonly settled: HealthStatus;
  /** The status changed too often, so `status` is held at `degraded`. */
  readonly flapping: boolean;
  /** Recent changes of `settled`, oldest first. */
  readonly turns: readonly Date[];
  /** The verdict of the last probe. */
  readonly verdict: ProbeVerdict;
}

/** A check that confirmed the believed health. */
export type HealthConfirmation = Pick<HealthRow, 'integrationId' | 'tenantId' | 'checkedAt' | 'intervalSeconds'>;

export class HealthRepository {
  constructor(private readonly database: Database) {}

  /** By integration id; integrations without health yet are absent. */
  async find(tenantId: string, integrationIds: readonly string[]): Promise<Map<string, HealthRow>> {
    if (integrationIds.length === 0) return new Map();
    const manager = this.database.ofTenant(tenantId);
    const found = await manager.findBy(HealthEntity, { tenantId, integrationId: In([...integrationIds]) });
    return new Map(found.map((row) => [row.integrationId, { ...row }]));
  }

  /** Writes the health of a batch of different integrations. Rejects a row whose integration is not of its tenant. */
  async save(health: readonly HealthRow[], tx?: Transaction): Promise<void> {
    if (health.length === 0) return;
    await this.database.prepared(SAVE, [STATES.pack(health)], 'all_tenants', tx);
  }

  /** Updates check time and interval; everything else stays. */
  async confirm(confirmations: readonly HealthConfirmation[], tx: Transaction): Promise<void> {
    if (confirmations.length === 0) return;
    await rows(this.database.ofAllTenants(tx), CONFIRM, [CONFIRMATIONS.pack(confirmations)]);
  }

  /**
   * Weighs evidence of real traffic. If the traffic works, it counts as a success for an integration believed healthy, at
   * most once a minute, and ends a stale period. Returns the believed status. Returns null if there is none, or if the last
   * check was made after `at` or less than ten seconds before it: that check counts for more.
   */
  async weigh(tenantId: string, integrationId: string, at: Date, works: boolean): Promise<HealthStatus | null> {
    const [found] = await rows<{ status: HealthStatus }>(
      this.database.ofTenant(tenantId),
      `WITH believed AS (
         SELECT integration_id, status, checked_at,
                checked_at + ${STALE_AFTER_INTERVALS} * interval_seconds * interval '1 second' AS stale_from
         FROM integration_health
         WHERE tenant_id = $1 AND integration_id = $2 AND checked_at < $3::timestamptz - interval '10 seconds'
       ), confirmed AS (
         UPDATE integration_health h SET checked_at = $3, failures = 0, successes = h.successes + 1
         FROM believed WHERE $4 AND h.integration_id = believed.integration_id AND h.status = 'healthy'
           AND h.checked_at = believed.checked_at AND h.checked_at < $3::timestamptz - interval '1 minute'
         RETURNING believed.*
       ), stale AS (
         INSERT INTO health_gap (tenant_id, integration_id, kind, began_at, ended_at)
         SELECT $1, integration_id, 'stale', stale_from, least($3, now()) FROM confirmed
         WHERE stale_from < least($3, now())
       )
       SELECT status FROM believed`,
      [tenantId, integrationId, at, works],
    );
    return found?.status ?? null;
  }
}

const STATES = new PackedRows<HealthRow>({
  ...{ integrationId: 'uuid', tenantId: 'text', status: 'text', code: 'text', message: 'text', since: 'time' },
  ...{ checkedAt: 'time', intervalSeconds: 'integer', latencyMs: 'integer', failures: 'integer', successes: 'integer' },
  ...{ settled: 'text', flapping: 'boolean', turns: 'times', verdict: 'jsonb' },
});

/** Writes in a fixed order, so that concurrent batches wait for each other instead of deadlocking. */
const SAVE: PreparedStatement = {
  name: 'health_save',
  text: `
  INSERT INTO integration_health (integration_id, tenant_id, status, code, message, since, checked_at, interval_seconds,
    latency_ms, failures, successes, settled, flapping, turns, verdict)
  SELECT "integrationId", "tenantId", status, code, message, since, "checkedAt", "intervalSeconds",
    "latencyMs", failures, successes, settled, flapping, turns, verdict
  FROM ${STATES.sql} AS given ORDER BY "integrationId"
  ON CONFLICT (integration_id) DO UPDATE SET tenant_id = excluded.tenant_id, status = excluded.status,
    code = excluded.code, message = excluded.message, since = excluded.since, checked_at = excluded.checked_at,
    interval_seconds = excluded.interval_seconds, latency_ms = excluded.latency_ms, failures = excluded.failures,
    successes = excluded.successes, settled = excluded.settled, flapping = excluded.flapping, turns = excluded.turns,
    verdict = excluded.verdict`,
};

const CONFIRMATIONS = new PackedRows<HealthConfirmation>({
  ...{ integrationId: 'uuid', tenantId: 'text', checkedAt: 'time', intervalSeconds: 'integer' },
});

const CONFIRM = `
  UPDATE integration_health h SET checked_at = given."checkedAt", interval_seconds = given."intervalSeconds"
  FROM ${CONFIRMATIONS.sql} AS given
  WHERE h.integration_id = given."integrationId" AND h.tenant_id = given."tenantId"`;
