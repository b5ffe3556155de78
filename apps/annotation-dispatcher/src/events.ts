import type { AnnotationEventData, EventData, EventName, IntegrationEvent } from '@integrations/contracts';
import type { NewOperation } from '@integrations/database';

type AnnotationEvent = Extract<EventName, `annotation_${string}`>;

/** An event about an operation of the ledger, with what the event adds to the common fields. */
export function annotationEvent<N extends AnnotationEvent>(
  event: N,
  row: NewOperation,
  more: Omit<EventData[N], keyof AnnotationEventData>,
): IntegrationEvent<N> {
  const { tenantId, integrationId, integrationType: type, provider, generation } = row;
  const { id: operationId, operation, owner, repository, prNumber, commitSha } = row;
  const common = { operationId, operation, owner, repository, prNumber, commitSha };
  return { event, tenantId, integrationId, type, provider, generation, data: { ...common, ...more } as EventData[N] };
}
