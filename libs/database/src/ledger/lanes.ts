import type { EntityManager } from 'typeorm';
import { LeaseLost } from '../errors';
import { rows } from '../sql';

/** The right to run the operations of a lane, until it runs out and somebody else claims the lane. */
export interface LaneLease {
  readonly lane: string;
  readonly tenantId: string;
  readonly leaseToken: string;
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
 * Removes a lane that nobody holds and that has nothing left to run. The caller has locked it in an earlier statement:
 * under READ COMMITTED this one then sees all that was accepted before the lock, and later acceptances wait for it.
 */
export async function dropLaneIfDone(manager: EntityManager, lane: string): Promise<void> {
  await rows(
    manager,
    `DELETE FROM annotation_lane l WHERE l.lane = $1 AND l.lease_token IS NULL AND NOT EXISTS (
       SELECT 1 FROM annotation_operation o WHERE o.lane = l.lane AND o.state IN ('queued', 'running'))`,
    [lane],
  );
}
