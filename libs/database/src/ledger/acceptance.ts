import { failed } from '@integrations/contracts';
import type { EntityManager } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { rows } from '../sql';
import { dropLaneIfDone, lockLane } from './lanes';
import type { Acceptance, NewOperation, OperationRow } from './operation';
import { OperationEntity } from './operation.entity';

/** Of another operation `o`: the same thing at the vendor, kept up to date under the key that callers gave. */
const SAME_THING = 'o.lane = $1 AND o.operation = $2 AND o.upsert_key = $3';

export async function acceptOperation(manager: EntityManager, operation: NewOperation): Promise<Acceptance> {
  const seen = await findByKey(manager, operation);
  if (seen) return { accepted: false, existing: seen };

  await lockLane(manager, operation.lane, operation.tenantId);
  const supersededSelf = await isOutdated(manager, operation);
  if (!(await insert(manager, operation, supersededSelf))) {
    await dropLaneIfDone(manager, operation.lane, null);
    return { accepted: false, existing: await firstOfKey(manager, operation) };
  }
  if (supersededSelf) {
    await dropLaneIfDone(manager, operation.lane, null);
    return { accepted: true, supersededIds: [], supersededSelf };
  }
  return { accepted: true, supersededIds: await supersedeWaiting(manager, operation), supersededSelf };
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
      ? { ...superseded(id), finishedAt: () => 'now()' }
      : // The caller who set the deadline is long gone; whoever replays wants it posted.
        { state: 'queued', attempts: 0, finishedAt: null, outcome: null, deadlineAt: null },
  );
  await dropLaneIfDone(manager, parked.lane, null);
  if (affected === 0) return 'not_parked';
  return manager.findOneByOrFail(OperationEntity, { tenantId, id });
}

async function findByKey(
  manager: EntityManager,
  { tenantId, idempotencyKey }: NewOperation,
): Promise<OperationRow | null> {
  if (idempotencyKey === null) return null;
  return manager.findOneBy(OperationEntity, { tenantId, idempotencyKey });
}

/** What a concurrent transaction, committed by now, used the key for. */
async function firstOfKey(manager: EntityManager, operation: NewOperation): Promise<OperationRow> {
  const existing = await findByKey(manager, operation);
  if (!existing) throw new Error(`operation ${operation.id} was accepted before, without an idempotency key`);
  return existing;
}

async function isOutdated(manager: EntityManager, operation: NewOperation): Promise<boolean> {
  const { lane, operation: kind, upsertKey, revision } = operation;
  if (upsertKey === null || revision === null) return false;
  const newer = await rows(
    manager,
    `SELECT 1 FROM annotation_operation o WHERE ${SAME_THING} AND o.revision > $4 LIMIT 1`,
    [lane, kind, upsertKey, revision],
  );
  return newer.length > 0;
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

/** False if the idempotency key is in use. Waits for a transaction that is just using it. */
async function insert(manager: EntityManager, operation: NewOperation, isSuperseded: boolean): Promise<boolean> {
  const values = isSuperseded
    ? { ...operation, ...superseded(operation.id), finishedAt: () => 'now()' }
    : { ...operation, state: 'queued' };
  const { raw } = await manager
    .createQueryBuilder()
    .insert()
    .into(OperationEntity)
    .values(values as QueryDeepPartialEntity<OperationEntity>)
    .orIgnore()
    .returning('id')
    .execute();
  return (raw as unknown[]).length > 0;
}

/** Ends what waits under the same key with a revision no higher, or with none. */
async function supersedeWaiting(manager: EntityManager, operation: NewOperation): Promise<string[]> {
  const { id, lane, operation: kind, upsertKey, revision } = operation;
  if (upsertKey === null) return [];
  const ended = await rows<{ id: string }>(
    manager,
    `UPDATE annotation_operation o
     SET state = 'superseded', finished_at = now(), next_attempt_at = NULL,
         outcome = jsonb_set($6::jsonb, '{operationId}', to_jsonb(o.id::text))
     WHERE ${SAME_THING} AND o.state = 'queued' AND o.id <> $4 AND (o.revision IS NULL OR o.revision <= $5)
     RETURNING o.id`,
    [lane, kind, upsertKey, id, revision, JSON.stringify(superseded(id).outcome)],
  );
  return ended.map((row) => row.id);
}

function superseded(operationId: string) {
  const outcome = failed('superseded', 'a newer revision with the same upsertKey took its place', { operationId });
  return { state: 'superseded' as const, outcome };
}
