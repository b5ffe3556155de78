import type { ErrorCode } from './error-codes';
import type { ProbeCode } from './probe';
import type { SystemEventName } from './system-events';
import type { Capability, HealthStatus, IntegrationProvider, IntegrationType, ScmOperation } from './vocabulary';

/** What each event carries beside the common fields. Never a secret, an AuthRef path or a response body. */
export interface EventData {
  /** An integration was registered. Its health is `unknown` until the first probe. */
  registered: { name: string; endpointHost: string; enabled: boolean };
  /** Its registration was changed: drop what was cached of it. The values are not told. */
  updated: { changedFields: readonly string[] };
  /** It was taken into service. */
  enabled: { reason: 'manual' };
  /** It was taken out of service: it is neither probed nor posted through. */
  disabled: {
    /** By somebody, or by the platform because the vendor has refused its credential for too long. */
    reason: 'manual' | 'credential_failing';
  };
  /**
   * It was deleted. Until it is restored or purged, nothing follows but how an annotation, a test or a check ended that was
   * under way.
   */
  deleted: Record<never, never>;
  /** It is there again as it was when it was deleted, under the same id and name. */
  restored: { name: string; endpointHost: string; enabled: boolean };
  /** A deleted one was removed for good: the last event of it, but for how an annotation or a test ended that was under way. */
  purged: Record<never, never>;
  /**
   * The judged status turned; a single odd probe does not turn it. Also told when it begins to flap, once, and then not
   * until it has calmed down.
   */
  health_changed: {
    from: HealthStatus;
    to: HealthStatus;
    /** Why; each code comes with a remedy. */
    reasonCode: ProbeCode;
    /** When `to` began, ISO-8601 UTC. */
    since: string;
    /** When the probe that turned it ended, ISO-8601 UTC. */
    checkedAt: string;
    /** How long that probe took, in milliseconds. */
    latencyMs: number;
    /** It turned five times within half an hour, and is held at `degraded` until it has been calm for as long. */
    flapping: boolean;
  };
  /** A probe found that its credential may do more or less than the last one that could tell. */
  capabilities_changed: { added: readonly Capability[]; removed: readonly Capability[] };
  /** A test on demand of the stored registration ended. */
  test_completed: {
    status: HealthStatus;
    code: ProbeCode;
    /** How long the test took, in milliseconds. */
    latencyMs: number;
  };
  /** A probe found another version of its secret than the one before: drop what was derived from the old one. */
  credential_rotated: { fromVersion: string; toVersion: string };
  /** Its credential ends soon: told 14, 7, 3 and 1 days before, and when it has ended. */
  credential_expiring: {
    /** When the credential ends, ISO-8601 UTC. */
    expiresAt: string;
    /** Whole days left; 0 on the last day and after it. */
    daysLeft: number;
  };
  /** The secret store has no value for its authRef any more, or refuses it. A store that is down is no reason. */
  credential_unresolvable: { reason: string };
  /** An SCM operation is durable in the ledger. */
  annotation_accepted: AnnotationEventData;
  /** It is at the vendor. */
  annotation_posted: AnnotationEventData & {
    /** The vendor's id of the comment, status or check run; null for what was published as several, or skipped. */
    remoteId: string | null;
    /** Null where a policy of the request said to skip. */
    url: string | null;
    attempts: number;
  };
  /** It ended without success and will not be tried again by itself. */
  annotation_failed: AnnotationEventData & { errorCode: ErrorCode; attempts: number };
  /** Posting is offline: the payload is kept and can be replayed. */
  annotation_parked: AnnotationEventData;
  /** A newer revision with the same `upsertKey` took its place before it was posted. */
  annotation_superseded: AnnotationEventData;
  /** Somebody took it back before it was posted. */
  annotation_cancelled: AnnotationEventData;
}

/** What every event about an SCM operation carries. */
export interface AnnotationEventData {
  /** The row of the ledger. */
  operationId: string;
  operation: ScmOperation;
  owner: string;
  repository: string;
  prNumber: number | null;
  commitSha: string | null;
  /** That it was submitted with; null if it was sent over request/reply without one. Events of older versions lack it. */
  idempotencyKey?: string | null;
}

export type EventName = keyof EventData;

/** The fields common to the body of every event. */
export interface EventBody {
  /** A UUIDv7. */
  readonly integrationId: string;
  readonly tenantId: string;
  readonly type: IntegrationType;
  readonly provider: IntegrationProvider;
  /** Of the registration when it happened; counts its changes, not the events. */
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

/** An event as `GET /api/v1/integrations/{id}/events` tells it. */
export interface EventView {
  /** The `ce-id` of the message. */
  readonly id: string;
  readonly event: string;
  /** Gapless per integration, from 1; the `ce-sequence` of the message. */
  readonly sequence: number;
  readonly generation: number;
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export function eventType(event: EventName | SystemEventName): string {
  return `org.stella-ops.integrations.${event}.v1`;
}

/** Names the JSON Schema of the event's data, which docs/asyncapi.yaml holds; nothing is to be fetched there. */
export function eventSchema(event: EventName | SystemEventName): string {
  return `tag:stella-ops.org,2026:integrations/events/${event}/v1`;
}

export function eventSource(tenantId: string, integrationId: string): string {
  return `/tenants/${tenantId}/integrations/${integrationId}`;
}
