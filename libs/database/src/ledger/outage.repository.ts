import type { OperationResult, ScmResponse } from '@integrations/contracts';
import type { Database } from '../database';
import { rows } from '../sql';
import type { Transaction } from '../transaction';
import { dropLanesIfDone, type LaneLease, lockLease, releaseLease } from './lanes';
import type { Begun } from './operation';
import { requeue, type Requeued } from './requeue';
import { PARKED, RUNNING } from './states';
import { emitEvents } from './emit-events';

type Running = Pick<Begun['row'], 'id' | 'tenantId' | 'integrationId' | 'lane'>;
type OfIntegration = Pick<Running, 'tenantId' | 'integrationId'>;

/** An integration whose vendor was unreachable lately, or that has parked operations still to be replayed. */
export interface Outage extends OfIntegration {
  /** True if there may be operations to replay, or if the outage can be forgotten. */
  readonly over: boolean;
}

export interface Parking {
  readonly outcome: OperationResult<ScmResponse>;
  /** False if no attempt was made. */
  readonly countsAsAttempt: boolean;
}

export interface ProbesWanted {
  readonly limit: number;
  readonly providers: readonly string[];
  readonly probeIntervalMs: number;
}

/** Failures further apart than this do not belong to one outage: a success between them may have gone unrecorded. */
const MAX_GAP = `interval '1 hour'`;

/** How many operations to replay at a time while only a probe has reached the vendor. */
const TRIAL_SIZE = 8;

/** SQL condition: the integration may post. For others, nothing is probed and nothing replayed. */
const POSTING = `EXISTS (SELECT FROM integration i WHERE i.id = o.integration_id AND i.tenant_id = o.tenant_id
  AND i.enabled AND i.posting = 'online' AND i.deleted_at IS NULL)`;

/**
 * Unreachable vendors, as seen by all dispatchers together. Times follow the database clock. A transaction that needs both
 * must lock the outage before the lanes.
 */
export class OutageRepository {
  constructor(private readonly database: Database) {}

  /** Outages of all tenants. */
  list(): Promise<Outage[]> {
    return rows(
      this.database.ofAllTenants(),
      // Selects the first parked operation instead of testing EXISTS. Where other integrations have much parked, PostgreSQL
      // would run the EXISTS by reading the ledger from its beginning, expecting an early match.
      `SELECT o.tenant_id AS "tenantId", o.integration_id AS "integrationId", o.offline_since IS NULL AND (
         o.failing_since IS NULL OR o.last_failure_at < now() - ${MAX_GAP} OR (
           SELECT min(parked.position) FROM annotation_operation parked WHERE parked.integration_id = o.integration_id
             AND parked.awaits_vendor AND ${PARKED}) IS NOT NULL
       ) AS over
       FROM vendor_outage o`,
      [],
    );
  }

  /**
   * Records that an attempt did not reach the vendor. Posting goes offline with the first failure at least `limitMs`
   * milliseconds after the failure that began the series, with no success between. `began` is true if this failure took
   * posting offline.
   */
  async failed({ tenantId, integrationId }: OfIntegration, limitMs: number) {
    const [now] = await rows<{ offline: boolean; began: boolean }>(
      this.database.ofTenant(tenantId),
      `INSERT INTO vendor_outage AS o (integration_id, tenant_id, failing_since, last_failure_at, probe_at)
       VALUES ($1, $2, now(), now(), now())
       ON CONFLICT (integration_id) DO UPDATE SET
         failing_since = CASE WHEN o.last_failure_at > now() - ${MAX_GAP} THEN coalesce(o.failing_since, now()) ELSE now() END,
         last_failure_at = now(),
         offline_since = CASE
           WHEN o.offline_since IS NOT NULL THEN o.offline_since
           WHEN o.last_failure_at > now() - ${MAX_GAP} AND o.failing_since <= now() - $3 * interval '1 millisecond' THEN now()
         END
       RETURNING offline_since IS NOT NULL AS offline, coalesce(offline_since = now(), false) AS began`,
      [integrationId, tenantId, limitMs],
    );
    return now ?? { offline: false, began: false };
  }

  /** Records that an attempt reached the vendor. True if that ended an outage. */
  async reached({ tenantId, integrationId }: OfIntegration): Promise<boolean> {
    const [before] = await rows<{ offline: boolean }>(
      this.database.ofTenant(tenantId),
      `UPDATE vendor_outage o SET failing_since = NULL, offline_since = NULL
       FROM (SELECT integration_id, offline_since IS NOT NULL AS offline FROM vendor_outage
             WHERE integration_id = $1 AND tenant_id = $2 AND failing_since IS NOT NULL FOR NO KEY UPDATE) AS before
       WHERE o.integration_id = before.integration_id RETURNING before.offline`,
      [integrationId, tenantId],
    );
    return before?.offline ?? false;
  }

  /**
   * Records that a probe reached the vendor. Posting may still fail there, so only a few operations are tried, and the first
   * one that does not reach the vendor takes posting offline again. True if that ended an outage.
   */
  async tryAgain({ tenantId, integrationId }: OfIntegration): Promise<boolean> {
    const ended = await rows(
      this.database.ofTenant(tenantId),
      `UPDATE vendor_outage SET offline_since = NULL, last_failure_at = now()
       WHERE integration_id = $1 AND tenant_id = $2 AND offline_since IS NOT NULL RETURNING integration_id`,
      [integrationId, tenantId],
    );
    return ended.length > 0;
  }

  /** True if a running operation has to wait: posting is offline, or an earlier operation of its lane awaits the vendor. */
  async holds({ id, tenantId, integrationId, lane }: Running): Promise<boolean> {
    const [held] = await rows<{ holds: boolean }>(
      this.database.ofTenant(tenantId),
      `SELECT o.offline_since IS NOT NULL OR EXISTS (
         SELECT FROM annotation_operation older
         WHERE older.lane = $3 AND older.awaits_vendor AND ${PARKED}
           AND older.position < (SELECT position FROM annotation_operation WHERE id = $4)
       ) AS holds
       FROM vendor_outage o WHERE o.integration_id = $1 AND o.tenant_id = $2`,
      [integrationId, tenantId, lane, id],
    );
    return held?.holds ?? false;
  }

  /**
   * Parks a running operation until its vendor is reached, and releases the lease. False if the outage is over; the
   * operation was then put back into its lane instead. Throws LeaseLost.
   */
  async park(lease: LaneLease, running: Running, parking: Parking, tx: Transaction): Promise<boolean> {
    const manager = this.database.ofTenant(lease.tenantId, tx);
    // FOR KEY SHARE keeps the row but lets it change. With FOR SHARE, a caller that records a failure would wait, holding a
    // pooled connection, until none of many operations is parking.
    const lasting = await rows(
      manager,
      'SELECT FROM vendor_outage WHERE integration_id = $1 AND tenant_id = $2 FOR KEY SHARE',
      [running.integrationId, running.tenantId],
    );
    await lockLease(manager, lease);
    const parks = lasting.length > 0;
    const left = await rows(
      manager,
      `UPDATE annotation_operation
       SET state = CASE WHEN $3 THEN 'parked_offline' ELSE 'queued' END, awaits_vendor = $3,
           finished_at = CASE WHEN $3 THEN now() END, outcome = CASE WHEN $3 THEN $4::jsonb END,
           attempts = attempts - CASE WHEN $5 THEN 0 ELSE 1 END
       WHERE id = $1 AND lane = $2 AND ${RUNNING} RETURNING id`,
      [running.id, lease.lane, parks, JSON.stringify(parking.outcome), parking.countsAsAttempt],
    );
    if (left.length === 0) throw new Error(`operation ${running.id} is not running in lane ${lease.lane}`);
    if (parks) await emitEvents(manager, 'annotation_parked', [running.id]);
    await releaseLease(manager, lease);
    await dropLanesIfDone(manager, [lease.lane]);
    return parks;
  }

  /** Claims offline integrations of these providers that are due for a probe. Each is due again after `probeIntervalMs`. */
  claimProbes({ limit, providers, probeIntervalMs }: ProbesWanted): Promise<OfIntegration[]> {
    return rows(
      this.database.ofAllTenants(),
      `UPDATE vendor_outage SET probe_at = now() + $2 * interval '1 millisecond'
       WHERE integration_id IN (
         SELECT o.integration_id FROM vendor_outage o
         WHERE o.offline_since IS NOT NULL AND o.probe_at <= now() AND ${POSTING}
           AND (SELECT i.provider FROM integration i WHERE i.id = o.integration_id) = ANY($3)
         ORDER BY o.probe_at LIMIT $1 FOR NO KEY UPDATE OF o SKIP LOCKED)
       RETURNING tenant_id AS "tenantId", integration_id AS "integrationId"`,
      [limit, probeIntervalMs, providers],
    );
  }

  /**
   * After an outage, queues at most `limit` parked operations again, the longest parked first. While no attempt has reached
   * the vendor, only a few are queued. They keep their used attempts and their deadline. An operation waits while something
   * newer runs in its lane. When none is left, the outage is forgotten. Does nothing while another dispatcher replays the
   * same integration.
   */
  async replay({ tenantId, integrationId }: OfIntegration, limit: number, tx: Transaction): Promise<Requeued[]> {
    const manager = this.database.ofTenant(tenantId, tx);
    const [over] = await rows<{ proven: boolean }>(
      manager,
      `SELECT o.failing_since IS NULL AS proven FROM vendor_outage o
       WHERE o.integration_id = $1 AND o.tenant_id = $2 AND o.offline_since IS NULL AND ${POSTING}
       FOR UPDATE OF o SKIP LOCKED`,
      [integrationId, tenantId],
    );
    if (!over) return [];
    const count = over.proven ? limit : Math.min(limit, TRIAL_SIZE);
    const parked = await rows<{ id: string }>(
      manager,
      `SELECT id FROM annotation_operation
       WHERE integration_id = $1 AND tenant_id = $2 AND awaits_vendor AND ${PARKED}
       ORDER BY position LIMIT $3`,
      [integrationId, tenantId, count],
    );
    const ids = parked.map(({ id }) => id);
    const requeued = await requeue(manager, tenantId, ids, { from: ['parked_offline'], automatic: true });
    if (requeued.length === parked.length && parked.length < count) {
      await rows(
        manager,
        `DELETE FROM vendor_outage WHERE integration_id = $1 AND tenant_id = $2
         AND (failing_since IS NULL OR last_failure_at < now() - ${MAX_GAP})`,
        [integrationId, tenantId],
      );
    }
    return requeued;
  }
}
