import type { EntityManager } from 'typeorm';
import { rows } from '../sql';
import { supersededOutcome } from './entry';
import { dropLaneIfDone, lockLane } from './lanes';
import type { OperationRow } from './operation';
import { OperationEntity } from './operation.entity';

/** Puts a parked operation back into its lane, or ends it if something newer was accepted under its key since. */
export async function requeueParked(
  manager: EntityManager,
  tenantId: string,
  id: string,
): Promise<OperationRow | 'missing' | 'not_parked'> {
  const parked = await manager.findOneBy(OperationEntity, { tenantId, id });
  if (!parked) return 'missing';
  if (parked.state !== 'parked_offline') return 'not_parked';

  await lockLane(manager, parked.lane, tenantId);
  const outdated = await hasSuccessor(manager, parked);
  const { affected } = await manager.update(
    OperationEntity,
    { tenantId, id, state: 'parked_offline' },
    outdated
      ? { state: 'superseded', outcome: supersededOutcome(id), finishedAt: () => 'now()' }
      : // The caller who set the deadline is long gone; whoever replays wants it posted.
        { state: 'queued', attempts: 0, finishedAt: null, outcome: null, deadlineAt: null },
  );
  await dropLaneIfDone(manager, parked.lane);
  if (affected === 0) return 'not_parked';
  return manager.findOneByOrFail(OperationEntity, { tenantId, id });
}

/** By revision where both have one, else by the order of acceptance. */
async function hasSuccessor(manager: EntityManager, parked: OperationRow): Promise<boolean> {
  const { lane, operation, upsertKey, revision, position } = parked;
  if (upsertKey === null) return false;
  const newer = await rows(
    manager,
    `SELECT 1 FROM annotation_operation o WHERE o.lane = $1 AND o.operation = $2 AND o.upsert_key = $3
     AND (o.revision > $4 OR (o.position > $5 AND (o.revision < $4) IS NOT TRUE)) LIMIT 1`,
    [lane, operation, upsertKey, revision, position],
  );
  return newer.length > 0;
}
