import type { EntityManager } from 'typeorm';
import { LeaseLost } from '../errors';
import { rows } from '../sql';
import type { LookBack } from './look-back';

/** The right to run the operations of a lane, until the lease expires and another dispatcher claims the lane. */
export interface LaneLease {
  readonly lane: string;
  readonly tenantId: string;
  readonly leaseToken: string;
}

/** Which due lanes to claim. */
export interface LaneDemand {
  /** Maximum number of lanes. */
  readonly limit: number;
  readonly leaseMs: number;
  /** Claims only lanes of these providers and leaves the rest to dispatchers with their plugins; absent for all. */
  readonly providers?: readonly string[];
  /** What earlier claims have seen; absent if there were none. */
  readonly lookBack?: LookBack;
}

export async function renewLease(manager: EntityManager, lease: LaneLease, leaseMs: number): Promise<boolean> {
  const renewed = await rows(
    manager,
    `UPDATE annotation_lane SET lease_until = now() + $3 * interval '1 millisecond'
     WHERE lane = $1 AND lease_token = $2 RETURNING lane`,
    [lease.lane, lease.leaseToken, leaseMs],
  );
  return renewed.length > 0;
}

/** Releases the lease, which makes the lane due at once. Does nothing if the lease is lost. */
export async function releaseLease(manager: EntityManager, lease: LaneLease): Promise<void> {
  await rows(
    manager,
    `UPDATE annotation_lane SET due_at = now(), lease_until = NULL, lease_token = NULL
     WHERE lane = $1 AND lease_token = $2`,
    [lease.lane, lease.leaseToken],
  );
}

/**
 * Locks the lanes of these operations until the transaction ends, creating missing lanes, and returns their names. Code
 * that changes operations of a lane must lock the lane before the operations. This keeps positions in commit order and
 * avoids deadlocks.
 */
export async function lockLanes(
  manager: EntityManager,
  tenantId: string,
  operationIds: readonly string[],
): Promise<string[]> {
  const locked = await rows<{ lane: string }>(
    manager,
    `INSERT INTO annotation_lane AS l (lane, tenant_id, credential, due_at)
     SELECT lane, $1, credential, coalesce(annotation_held_until($1, credential), now()) FROM (
       SELECT o.lane, max(o.credential) AS credential FROM unnest($2::uuid[]) AS given (id)
       JOIN annotation_operation o ON o.id = given.id AND o.tenant_id = $1 GROUP BY o.lane
     ) AS wanted ORDER BY lane COLLATE "C"
     ON CONFLICT (lane) DO UPDATE SET due_at = l.due_at
     RETURNING lane`,
    [tenantId, operationIds],
  );
  return locked.map(({ lane }) => lane);
}

/**
 * How many lanes to inspect, both of those served before and of the others. A hold postpones the lanes of its credential,
 * so fewer held lanes than this are still due.
 */
const SCAN_LIMIT = 200;

/** How many seconds the next lane of all tenants has been due. A lane that is leased or on hold is not due. */
export async function longestWait(manager: EntityManager): Promise<number> {
  const [found] = await rows<{ seconds: number }>(
    manager,
    `SELECT greatest(0, coalesce(extract(epoch FROM max(now() - greatest(next.ready_at, (
         SELECT b.held_until FROM annotation_budget b
         WHERE b.tenant_id = next.tenant_id AND b.credential = next.credential)))), 0))::float8 AS seconds
     FROM (VALUES (false), (true)) AS of (served) CROSS JOIN LATERAL (
       SELECT tenant_id, credential, greatest(due_at, lease_until) AS ready_at FROM annotation_lane l
       WHERE l.served = of.served ORDER BY greatest(due_at, lease_until) LIMIT ${SCAN_LIMIT}
     ) AS next`,
    [],
  );
  return found?.seconds ?? 0;
}

/** Locks the lane on behalf of its lease holder. Throws LeaseLost. */
export async function lockLease(manager: EntityManager, lease: LaneLease): Promise<void> {
  const held = await rows(manager, 'SELECT lane FROM annotation_lane WHERE lane = $1 AND lease_token = $2 FOR UPDATE', [
    lease.lane,
    lease.leaseToken,
  ]);
  if (held.length === 0) throw new LeaseLost(lease.lane);
}

/**
 * Removes the lanes that are not leased and have no open operations. The caller must have locked them in an earlier
 * statement: under READ COMMITTED this statement then sees every operation accepted before the lock, and later acceptances
 * wait for the lock.
 */
export async function dropLanesIfDone(manager: EntityManager, lanes: readonly string[]): Promise<void> {
  await rows(
    manager,
    // Selects the first open operation instead of testing EXISTS. With old statistics that show few open operations,
    // PostgreSQL would run the EXISTS by reading those of all lanes.
    `DELETE FROM annotation_lane l WHERE l.lane = ANY($1) AND l.lease_token IS NULL AND (
       SELECT o.position FROM annotation_operation o WHERE o.lane = l.lane AND o.state IN ('queued', 'running')
       ORDER BY o.position LIMIT 1) IS NULL`,
    [lanes],
  );
}
