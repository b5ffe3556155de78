import { failed } from '@integrations/contracts';
import type { EntityManager } from 'typeorm';
import { rows } from '../sql';
import { dropLanesIfDone, lockLanes } from './lanes';
import type { Ending, OperationRow } from './operation';
import { OperationEntity } from './operation.entity';
import { emitEvents } from './emit-events';

/** `running`: an attempt is in flight and its result is open. `ended`: nothing is left to cancel. */
export type NotCancelled = 'missing' | 'running' | 'ended';

/**
 * Cancels an operation that waits or is parked. One that left a check run half made ends once a dispatcher has concluded
 * that check run. An operation that was cancelled before stays cancelled.
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
    // Operations behind this one no longer have to wait for its next attempt.
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
  await emitEvents(manager, 'annotation_cancelled', [id]);
}

/** Leaves the end to a dispatcher, which first has to conclude the half-made check run at the vendor. */
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
  const tried = state === 'queued' && attempts > 0 ? '; an earlier attempt may have reached the vendor' : '';
  return failed('cancelled', `cancelled before it was posted${tried}`, { operationId });
}

async function makeDue(manager: EntityManager, lanes: readonly string[]): Promise<void> {
  await rows(
    manager,
    'UPDATE annotation_lane SET due_at = now() WHERE lane = ANY($1) AND lease_token IS NULL AND due_at > now()',
    [lanes],
  );
}
