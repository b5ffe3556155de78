import type { EntityManager } from 'typeorm';
import { LeaseLost } from '../errors';
import { rows } from '../sql';
import type { LaneLease } from './lanes';
import type { Begun, Ending } from './operation';
import { RUNNING } from './states';

/** Records that a running operation is about to leave a check run half made. Throws LeaseLost if it no longer runs. */
export async function noteHalfMade(
  manager: EntityManager,
  { id, tenantId, lane }: Pick<Begun['row'], 'id' | 'tenantId' | 'lane'>,
): Promise<void> {
  const noted = await rows(
    manager,
    `UPDATE annotation_operation SET half_made = true WHERE id = $1 AND tenant_id = $2 AND ${RUNNING} RETURNING id`,
    [id, tenantId],
  );
  if (noted.length === 0) throw new LeaseLost(lane);
}

/**
 * Records that a running operation only has to conclude its half-made check run from now on. Begins the first attempt at
 * that under the same lease, and returns the number of attempts. Throws LeaseLost.
 */
export async function beginEnding(
  manager: EntityManager,
  lease: LaneLease,
  id: string,
  ending: Ending,
): Promise<number> {
  const [begun] = await rows<{ attempts: number }>(
    manager,
    `WITH held AS (SELECT lane FROM annotation_lane WHERE lane = $2 AND lease_token = $3 FOR UPDATE)
     UPDATE annotation_operation o SET ending = $4, attempts = o.attempts + 1, waiting_since = NULL
     FROM held WHERE o.id = $1 AND o.lane = held.lane AND ${RUNNING} RETURNING o.attempts`,
    [id, lease.lane, lease.leaseToken, JSON.stringify(ending)],
  );
  if (!begun) throw new LeaseLost(lease.lane);
  return begun.attempts;
}
