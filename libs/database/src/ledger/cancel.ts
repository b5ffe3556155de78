import { failed } from '@integrations/contracts';
import type { EntityManager } from 'typeorm';
import { rows } from '../sql';
import { dropLanesIfDone, lockLanes } from './lanes';
import type { Ending, OperationRow } from './operation';
import { OperationEntity } from './operation.entity';
import { tell } from './tell';

/** `running`: an attempt is under way, nobody knows what becomes of it. `ended`: there is nothing to take back. */
export type NotCancelled = 'missing' | 'running' | 'ended';

/**
 * Ends an operation that waits or is parked; one that left something half made ends once a dispatcher has concluded that.
 * One that was cancelled before stays so.
 */
export async function cancel(
  manager: EntityManager,
  tenantId: string,
  id: string,
): Promise<{ readonly row: OperationRow; readonly now: boolean } | NotCancelled> {
  const lanes = await lockLanes(manager, tenantId, [id]);
  const before = await manager.findOneBy(OperationEntity, { tenantId, id });
  if (!before) return 'missing';
  const ends = before.ending === null && (before.state === 'queued' || before.state === 'parked_offline');
  if (ends) {
    if (before.halfMade) await endLater(manager, before);
    else await endNow(manager, before);
    // What waited behind its next attempt waits no more.
    if (before.nextAttemptAt || before.halfMade) await makeDue(manager, lanes);
  }
  await dropLanesIfDone(manager, lanes);
  const row = await manager.findOneByOrFail(OperationEntity, { tenantId, id });
  if ((row.ending?.state ?? row.state) === 'cancelled') return { row, now: ends };
  return row.state === 'running' ? 'running' : 'ended';
}

async function endNow(manager: EntityManager, before: OperationRow): Promise<void> {
  const { tenantId, id } = before;
  await manager.update(
    OperationEntity,
    { tenantId, id },
    { state: 'cancelled', finishedAt: () => 'now()', nextAttemptAt: null, outcome: outcomeOf(before) },
  );
  await tell(manager, 'annotation_cancelled', [id]);
}

/** By a dispatcher: what is half made is at the vendor. */
async function endLater(manager: EntityManager, before: OperationRow): Promise<void> {
  const ending: Ending = { state: 'cancelled', outcome: outcomeOf(before) };
  await rows(
    manager,
    `UPDATE annotation_operation SET state = 'queued', awaits_vendor = false, ending = $3, next_attempt_at = NULL,
       waiting_since = NULL, finished_at = NULL
     WHERE tenant_id = $1 AND id = $2`,
    [before.tenantId, before.id, JSON.stringify(ending)],
  );
}

function outcomeOf({ id: operationId, attempts, state }: OperationRow) {
  const tried = state === 'queued' && attempts > 0 ? '; an attempt before may have reached the vendor' : '';
  return failed('cancelled', `taken back before it was posted${tried}`, { operationId });
}

async function makeDue(manager: EntityManager, lanes: readonly string[]): Promise<void> {
  await rows(
    manager,
    'UPDATE annotation_lane SET due_at = now() WHERE lane = ANY($1) AND lease_token IS NULL AND due_at > now()',
    [lanes],
  );
}
