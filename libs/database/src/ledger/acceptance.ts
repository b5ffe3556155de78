import type { EntityManager } from 'typeorm';
import { rows } from '../sql';
import { supersededOutcome, toItem } from './entry';
import { dropLaneIfDone, lockLane } from './lanes';
import type { Acceptance, NewOperation, OperationRow } from './operation';
import { OperationEntity } from './operation.entity';

/** Of another operation `o`: the same thing at the vendor, kept up to date under the key that callers gave. */
const SAME_THING = 'o.lane = $1 AND o.operation = $2 AND o.upsert_key = $3';

interface AcceptedRow {
  readonly result: string;
  readonly supersededIds: readonly string[];
}

/** Without events and without a lease. */
export async function acceptOperation(manager: EntityManager, operation: NewOperation): Promise<Acceptance> {
  const [row] = await rows<AcceptedRow>(
    manager,
    'SELECT result, superseded_ids AS "supersededIds" FROM annotation_accept($1::jsonb, $2::jsonb)',
    [JSON.stringify([toItem(operation)]), JSON.stringify(supersededOutcome(''))],
  );
  if (!row) throw new Error(`operation ${operation.id} was neither accepted nor refused`);
  if (row.result === 'known') return { accepted: false, existing: await firstOfKey(manager, operation) };
  return { accepted: true, supersededIds: row.supersededIds, supersededSelf: row.result === 'superseded' };
}

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
  await dropLaneIfDone(manager, parked.lane, null);
  if (affected === 0) return 'not_parked';
  return manager.findOneByOrFail(OperationEntity, { tenantId, id });
}

/** What the key was first used for, by a transaction that is committed by now. */
async function firstOfKey(manager: EntityManager, operation: NewOperation): Promise<OperationRow> {
  const { id, tenantId, idempotencyKey } = operation;
  const existing =
    idempotencyKey === null ? null : await manager.findOneBy(OperationEntity, { tenantId, idempotencyKey });
  if (!existing) throw new Error(`operation ${id} was accepted before, without an idempotency key`);
  return existing;
}

/** By revision where both have one, else by the order of acceptance. */
async function hasSuccessor(manager: EntityManager, parked: OperationRow): Promise<boolean> {
  const { lane, operation, upsertKey, revision, position } = parked;
  if (upsertKey === null) return false;
  const newer = await rows(
    manager,
    `SELECT 1 FROM annotation_operation o WHERE ${SAME_THING}
     AND (o.revision > $4 OR (o.position > $5 AND (o.revision < $4) IS NOT TRUE)) LIMIT 1`,
    [lane, operation, upsertKey, revision, position],
  );
  return newer.length > 0;
}
