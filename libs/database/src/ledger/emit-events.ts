import type { EventName } from '@integrations/contracts';
import type { EntityManager } from 'typeorm';
import { rows } from '../sql';

/** Events that carry nothing but the identity of an operation. */
export type PlainEvent = Extract<EventName, 'annotation_parked' | 'annotation_superseded' | 'annotation_cancelled'>;

/** Writes the event into the outbox, once for each of the operations. */
export async function emitEvents(
  manager: EntityManager,
  event: PlainEvent,
  operationIds: readonly string[],
): Promise<void> {
  if (operationIds.length === 0) return;
  await rows(
    manager,
    `INSERT INTO outbox (event_id, tenant_id, integration_id, type, provider, event, generation, data, traceparent)
     SELECT gen_random_uuid(), tenant_id, integration_id, integration_type, provider, $1, generation,
            jsonb_build_object('operationId', id, 'operation', operation, 'owner', owner, 'repository', repository,
                               'prNumber', pr_number, 'commitSha', commit_sha, 'idempotencyKey', idempotency_key),
            traceparent
     FROM annotation_operation WHERE id = ANY($2) ORDER BY position`,
    [event, operationIds],
  );
}
