import type { OperationResult, ScmResponse } from '@integrations/contracts';
import type { Database } from '../database';
import { rows } from '../sql';
import type { Transaction } from '../transaction';
import { dropLanesIfDone, giveBackLease, type LaneLease, lockLease } from './lanes';
import type { Begun } from './operation';
import { requeue, type Requeued } from './requeue';
import { PARKED, RUNNING } from './states';
import { tell } from './tell';

type Running = Pick<Begun['row'], 'id' | 'tenantId' | 'integrationId' | 'lane'>;
type OfIntegration = Pick<Running, 'tenantId' | 'integrationId'>;

/** An integration whose vendor was not reached lately, or has parked operations still to be replayed. */
export interface Outage extends OfIntegration {
  /** There may be something to replay, or nothing to remember any more. */
  readonly over: boolean;
}

export interface Parking {
  readonly outcome: OperationResult<ScmResponse>;
  /** False when nothing was attempted. */
  readonly countsAsAttempt: boolean;
}

export interface ProbesWanted {
  readonly limit: number;
  readonly providers: readonly string[];
  readonly againAfterMs: number;
}

/** Failures further apart than this are not of one outage: a success between them may have gone unseen. */
const APART = `interval '1 hour'`;

/** How many are replayed at a time while no more than a probe has reached the vendor. */
const TRIED = 8;

/** Of integrations that may post: through others nothing is probed and nothing replayed. */
const POSTING = `EXISTS (SELECT FROM integration i WHERE i.id = o.integration_id AND i.tenant_id = o.tenant_id
  AND i.enabled AND i.posting = 'online' AND i.deleted_at IS NULL)`;

/**
 * Vendors that cannot be reached, as all dispatchers see them together. Times are the database's. Whoever needs both
 * locks the outage before the lanes.
 */
export class OutageRepository {
  constructor(private readonly database: Database) {}

  /** Of all tenants. */
  list(): Promise<Outage[]> {
    return rows(
      this.database.ofAllTenants(),
      // The first of what is parked, and not whether it EXISTS: for that PostgreSQL would read the ledger from its beginning
      // where much is parked of others, hoping to meet one soon.
      `SELECT o.tenant_id AS "tenantId", o.integration_id AS "integrationId", o.offline_since IS NULL AND (
         o.failing_since IS NULL OR o.last_failure_at < now() - ${APART} OR (
           SELECT min(parked.position) FROM annotation_operation parked WHERE parked.integration_id = o.integration_id
             AND parked.awaits_vendor AND ${PARKED}) IS NOT NULL
       ) AS over
       FROM vendor_outage o`,
      [],
    );
  }

  /**
   * An attempt did not reach the vendor. Posting is offline from the first failure that comes so many milliseconds after
   * the one that began them, with no success between; `began`: it is since this one.
   */
  async failed({ tenantId, integrationId }: OfIntegration, limitMs: number) {
    const [now] = await rows<{ offline: boolean; began: boolean }>(
      this.database.ofTenant(tenantId),
      `INSERT INTO vendor_outage AS o (integration_id, tenant_id, failing_since, last_failure_at, probe_at)
       VALUES ($1, $2, now(), now(), now())
       ON CONFLICT (integration_id) DO UPDATE SET
         failing_since = CASE WHEN o.last_failure_at > now() - ${APART} THEN coalesce(o.failing_since, now()) ELSE now() END,
         last_failure_at = now(),
         offline_since = CASE
           WHEN o.offline_since IS NOT NULL THEN o.offline_since
           WHEN o.last_failure_at > now() - ${APART} AND o.failing_since <= now() - $3 * interval '1 millisecond' THEN now()
         END
       RETURNING offline_since IS NOT NULL AS offline, coalesce(offline_since = now(), false) AS began`,
      [integrationId, tenantId, limitMs],
    );
    return now ?? { offline: false, began: false };
  }

  /** An attempt reached the vendor. True if that ended an outage. */
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
   * A probe reached the vendor, which may fail all the same at what is posted: a few operations are tried, and posting is
   * offline again with the first that does not reach it. True if that ended an outage.
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

  /** Whether a running operation has to wait: posting is offline, or something before it in its lane waits already. */
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
   * Parks a running operation until its vendor is reached, and gives up the lease. False: the outage is over, so it was
   * put back into its lane instead. Throws LeaseLost.
   */
  async park(lease: LaneLease, running: Running, parking: Parking, tx: Transaction): Promise<boolean> {
    const manager = this.database.ofTenant(lease.tenantId, tx);
    // The row must stay, and may change: with FOR SHARE, whoever notes a failure would wait until no one of many parks, each
    // with a connection of the pool.
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
    if (parks) await tell(manager, 'annotation_parked', [running.id]);
    await giveBackLease(manager, lease);
    await dropLanesIfDone(manager, [lease.lane]);
    return parks;
  }

  /** Offline integrations of these providers whose vendor is to be asked now, and not again for so many milliseconds. */
  claimProbes({ limit, providers, againAfterMs }: ProbesWanted): Promise<OfIntegration[]> {
    return rows(
      this.database.ofAllTenants(),
      `UPDATE vendor_outage SET probe_at = now() + $2 * interval '1 millisecond'
       WHERE integration_id IN (
         SELECT o.integration_id FROM vendor_outage o
         WHERE o.offline_since IS NOT NULL AND o.probe_at <= now() AND ${POSTING}
           AND (SELECT i.provider FROM integration i WHERE i.id = o.integration_id) = ANY($3)
         ORDER BY o.probe_at LIMIT $1 FOR NO KEY UPDATE OF o SKIP LOCKED)
       RETURNING tenant_id AS "tenantId", integration_id AS "integrationId"`,
      [limit, againAfterMs, providers],
    );
  }

  /**
   * After an outage: queues the longest parked operations again, at most `limit`, and a few while no attempt has reached the
   * vendor, with the attempts they have used and their deadline; not yet those of a lane in which something newer is just
   * running. When none is left, the outage is forgotten. Another dispatcher may just be at it; then nothing is done here.
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
    const most = over.proven ? limit : Math.min(limit, TRIED);
    const parked = await rows<{ id: string }>(
      manager,
      `SELECT id FROM annotation_operation
       WHERE integration_id = $1 AND tenant_id = $2 AND awaits_vendor AND ${PARKED}
       ORDER BY position LIMIT $3`,
      [integrationId, tenantId, most],
    );
    const ids = parked.map(({ id }) => id);
    const requeued = await requeue(manager, tenantId, ids, { from: ['parked_offline'], byItself: true });
    if (requeued.length === parked.length && parked.length < most) {
      await rows(
        manager,
        `DELETE FROM vendor_outage WHERE integration_id = $1 AND tenant_id = $2
         AND (failing_since IS NULL OR last_failure_at < now() - ${APART})`,
        [integrationId, tenantId],
      );
    }
    return requeued;
  }
}
