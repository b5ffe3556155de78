import type { AnnotationEventData, EventData, EventName } from '@integrations/contracts';
import type { NewOperation } from '@integrations/database';

type AnnotationEvent = Extract<EventName, `annotation_${string}`>;

/** What all events about an operation of the ledger say. */
export function commonFields(row: NewOperation): AnnotationEventData {
  const { id: operationId, operation, owner, repository, prNumber, commitSha, idempotencyKey } = row;
  return { operationId, operation, owner, repository, prNumber, commitSha, idempotencyKey };
}

/** An event about an operation of the ledger, with what the event adds to the common fields. */
export function annotationEvent<N extends AnnotationEvent>(
  name: N,
  row: NewOperation,
  more: Omit<EventData[N], keyof AnnotationEventData>,
): { readonly name: N; readonly data: object } {
  return { name, data: { ...commonFields(row), ...more } };
}
