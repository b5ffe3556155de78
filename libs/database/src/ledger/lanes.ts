import type { EntityManager } from 'typeorm';
import { LeaseLost } from '../errors';
import { rows } from '../sql';

/** The right to run the operations of a lane, until it runs out and somebody else claims the lane. */
export interface LaneLease {
  readonly lane: string;
  readonly tenantId: string;
  readonly leaseToken: string;
}

const GRANT = `lease_until = now() + $2 * interval '1 millisecond', lease_token = gen_random_uuid()`;
const LEASE = `l.lane, l.tenant_id AS "tenantId", l.lease_token AS "leaseToken"`;

export function claimDueLanes(manager: EntityManager, limit: number, leaseMs: number): Promise<LaneLease[]> {
  return rows<LaneLease>(
    manager,
    `WITH due AS (
       SELECT lane FROM annotation_lane
       WHERE greatest(due_at, lease_until) <= now()
       ORDER BY greatest(due_at, lease_until) LIMIT $1
       FOR UPDATE SKIP LOCKED
     )
     UPDATE annotation_lane l SET ${GRANT} FROM due WHERE l.lane = due.lane RETURNING ${LEASE}`,
    [limit, leaseMs],
  );
}

export async function claimOneLane(manager: EntityManager, lane: string, leaseMs: number): Promise<LaneLease | null> {
  const [lease] = await rows<LaneLease>(
    manager,
    `UPDATE annotation_lane l SET ${GRANT}
     WHERE l.lane = $1 AND greatest(l.due_at, l.lease_until) <= now() RETURNING ${LEASE}`,
    [lane, leaseMs],
  );
  return lease ?? null;
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

/** Gives the lease back; the lane is due at `dueAt`, or at once. Does nothing if the lease is lost. */
export async function giveBackLease(manager: EntityManager, lease: LaneLease, dueAt: Date | null): Promise<void> {
  await rows(
    manager,
    `UPDATE annotation_lane SET due_at = coalesce($3::timestamptz, now()), lease_until = NULL, lease_token = NULL
     WHERE lane = $1 AND lease_token = $2`,
    [lease.lane, lease.leaseToken, dueAt],
  );
}

/**
 * Locks the lane, creating it if need be, until the transaction ends. Whoever changes operations of a lane locks it
 * first and the operations after: that keeps positions in the order of commits, and deadlocks away.
 */
export async function lockLane(manager: EntityManager, lane: string, tenantId: string): Promise<void> {
  const locked = await rows(
    manager,
    `INSERT INTO annotation_lane AS l (lane, tenant_id, due_at) VALUES ($1, $2, now())
     ON CONFLICT (lane) DO UPDATE SET due_at = l.due_at WHERE l.tenant_id = excluded.tenant_id
     RETURNING l.lane`,
    [lane, tenantId],
  );
  if (locked.length === 0) throw new Error(`lane ${lane} belongs to another tenant`);
}

/** Locks the lane as its holder. Throws LeaseLost. */
export async function lockLease(manager: EntityManager, lease: LaneLease): Promise<void> {
  const held = await rows(manager, 'SELECT lane FROM annotation_lane WHERE lane = $1 AND lease_token = $2 FOR UPDATE', [
    lease.lane,
    lease.leaseToken,
  ]);
  if (held.length === 0) throw new LeaseLost(lease.lane);
}

/**
 * Removes a lane that has nothing left to run; false if it has. The caller has locked it in an earlier statement: under
 * READ COMMITTED this one then sees all that was accepted before the lock, and later acceptances wait for it.
 * `leaseToken` is the caller's, or null to leave the lane to whoever holds it.
 */
export async function dropLaneIfDone(
  manager: EntityManager,
  lane: string,
  leaseToken: string | null,
): Promise<boolean> {
  const dropped = await rows(
    manager,
    `DELETE FROM annotation_lane l WHERE l.lane = $1 AND l.lease_token IS NOT DISTINCT FROM $2 AND NOT EXISTS (
       SELECT 1 FROM annotation_operation o WHERE o.lane = l.lane AND o.state IN ('queued', 'running'))
     RETURNING l.lane`,
    [lane, leaseToken],
  );
  return dropped.length > 0;
}
