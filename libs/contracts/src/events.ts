import type { ErrorCode } from './error-codes';
import type { ProbeCode } from './probe';
import type { HealthStatus, IntegrationProvider, IntegrationType, ScmOperation } from './vocabulary';

/** What each event carries beside the common fields. Never a secret, an AuthRef path or a response body. */
export interface EventData {
  registered: { name: string; endpointHost: string; enabled: boolean };
  updated: { changedFields: readonly string[] };
  enabled: { reason: 'manual' };
  disabled: { reason: 'manual' };
  deleted: Record<never, never>;
  health_changed: {
    from: HealthStatus;
    to: HealthStatus;
    reasonCode: ProbeCode;
    since: string;
    checkedAt: string;
    latencyMs: number;
  };
  test_completed: { status: HealthStatus; code: ProbeCode; latencyMs: number };
  annotation_accepted: AnnotationEventData;
  annotation_posted: AnnotationEventData & { remoteId: string; url: string; attempts: number };
  annotation_failed: AnnotationEventData & { errorCode: ErrorCode; attempts: number };
  annotation_parked: AnnotationEventData;
  annotation_superseded: AnnotationEventData;
}

export interface AnnotationEventData {
  operationId: string;
  operation: ScmOperation;
  owner: string;
  repository: string;
  prNumber: number | null;
  commitSha: string | null;
}

export type EventName = keyof EventData;

/** The fields common to the body of every event. */
export interface EventBody {
  readonly integrationId: string;
  readonly tenantId: string;
  readonly type: IntegrationType;
  readonly provider: IntegrationProvider;
  readonly generation: number;
  /** Gapless per integration, from 1; the same as the header `ce-sequence`. */
  readonly sequence: number;
}

/** An event as an app hands it to the outbox; the relay adds the sequence. */
export interface IntegrationEvent<N extends EventName = EventName> {
  readonly event: N;
  readonly tenantId: string;
  readonly integrationId: string;
  readonly type: IntegrationType;
  readonly provider: IntegrationProvider;
  readonly generation: number;
  readonly data: EventData[N];
}

export function eventType(event: EventName): string {
  return `org.stella-ops.integrations.${event}.v1`;
}

export function eventSource(tenantId: string, integrationId: string): string {
  return `/tenants/${tenantId}/integrations/${integrationId}`;
}
