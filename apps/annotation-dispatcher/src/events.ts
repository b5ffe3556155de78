import type { AnnotationEventData, EventData, EventName } from '@integrations/contracts';
import type { NewOperation } from '@integrations/database';

type AnnotationEvent = Extract<EventName, `annotation_${string}`>;

/** The fields that all events about a ledger operation share. */
export function commonFields(row: NewOperation): AnnotationEventData {
  const { id: operationId, operation, owner, repository, prNumber, commitSha, idempotencyKey } = row;
  return { operationId, operation, owner, repository, prNumber, commitSha, idempotencyKey };
}

/** An event about a ledger operation: the common fields, and the fields that this event adds. */
export function annotationEvent<N extends AnnotationEvent>(
  name: N,
  row: NewOperation,
  more: Omit<EventData[N], keyof AnnotationEventData>,
): { readonly name: N; readonly data: object } {
  return { name, data: { ...commonFields(row), ...more } };
}
