import type { ErrorCode } from './error-codes';
import type { ProbeCode } from './probe';
import type { SystemEventName } from './system-events';
import type { Capability, HealthStatus, IntegrationProvider, IntegrationType, ScmOperation } from './vocabulary';

/** The fields of each event besides the common ones. They never hold a secret, an authRef path or a response body. */
export interface EventData {
  /** An integration was registered. Its health is `unknown` until the first probe. */
  registered: {
    /** Name of the integration. */
    name: string;
    /** Host of its endpoint, with the port unless it is the default; empty for a socket. */
    endpointHost: string;
    /** False: it is not probed, and nothing is posted through it. */
    enabled: boolean;
  };
  /**
   * The registration was changed: drop anything cached about the integration. The event does not carry the new values.
   */
  updated: {
    /** Names of the fields that changed. */
    changedFields: readonly string[];
  };
  /** The integration was enabled. */
  enabled: {
    /** `manual`: someone enabled it. */
    reason: 'manual';
  };
  /** The integration was disabled: it is no longer probed, and nothing is posted through it. */
  disabled: {
    /** `manual`: someone disabled it. `credential_failing`: the vendor has refused its credential for too long. */
    reason: 'manual' | 'credential_failing';
  };
  /**
   * The integration was deleted. Until it is restored or purged, the only further events are the outcomes of
   * annotations, tests and checks that were in flight.
   */
  deleted: Record<never, never>;
  /** A deleted integration was restored as it was, with the same id and name. */
  restored: EventData['registered'];
  /**
   * A deleted integration was removed for good. This is its last event, except for the outcome of an annotation or test
   * that was in flight.
   */
  purged: Record<never, never>;
  /**
   * The health status changed. A single odd probe does not change it. The event is also sent once when the status
   * starts flapping; no further one follows until it has calmed down.
   */
  health_changed: {
    /** The status before. */
    from: HealthStatus;
    /** The status now. */
    to: HealthStatus;
    /** The code of the verdict that changed the status. Each code has a remedy. */
    reasonCode: ProbeCode;
    /** When `to` began, ISO-8601 UTC. */
    since: string;
    /** When the probe that changed the status ended, ISO-8601 UTC. */
    checkedAt: string;
    /** How long that probe took, in milliseconds. */
    latencyMs: number;
    /**
     * True after five changes within half an hour: the status stays `degraded` until half an hour passes without one.
     */
    flapping: boolean;
  };
  /** A probe found that the credential may do more or less than the last conclusive probe found. */
  capabilities_changed: {
    /** What the credential may do now and could not before. */
    added: readonly Capability[];
    /** What it may no longer do. */
    removed: readonly Capability[];
  };
  /** An on-demand test of the stored registration ended. */
  test_completed: {
    /** The status that the test found. */
    status: HealthStatus;
    /** The code of the verdict. Each code has a remedy. */
    code: ProbeCode;
    /** How long the test took, in milliseconds. */
    latencyMs: number;
  };
  /** A probe found a new version of the secret: drop anything derived from the old one. */
  credential_rotated: {
    /** The version that the secret had before, as its store names it. */
    fromVersion: string;
    /** The version that it has now. */
    toVersion: string;
  };
  /** The credential expires soon. Sent 14, 7, 3 and 1 days before expiry, and once it has expired. */
  credential_expiring: {
    /** When the credential expires, ISO-8601 UTC. */
    expiresAt: string;
    /** Whole days left; 0 on the last day and afterwards. @asType integer */
    daysLeft: number;
  };
  /**
   * The secret store no longer has a value for authRef, or refuses access. Not sent merely because the store is down.
   */
  credential_unresolvable: {
    /** The message of the verdict, for people to read. */
    reason: string;
  };
  /** An SCM operation was accepted: it is stored durably in the ledger. */
  annotation_accepted: AnnotationEventData;
  /** The operation succeeded: the vendor has the annotation, or a policy of the request skipped it. */
  annotation_posted: AnnotationEventData & {
    /** The vendor's id of the comment, status or check run; null for a publish with several parts, or if skipped. */
    remoteId: string | null;
    /** Null if a policy of the request said to skip. */
    url: string | null;
    /** Number of attempts to post the operation. @asType integer */
    attempts: number;
  };
  /** The operation failed and is not retried automatically. */
  annotation_failed: AnnotationEventData & {
    /** Why it failed. Each code has a remedy. */
    errorCode: ErrorCode;
    /** Number of attempts to post the operation. @asType integer */
    attempts: number;
  };
  /** The operation was parked because posting is offline. Its payload is kept and can be replayed. */
  annotation_parked: AnnotationEventData;
  /** A newer revision with the same `upsertKey` replaced the operation before it was posted. */
  annotation_superseded: AnnotationEventData;
  /** Someone cancelled the operation before it was posted. */
  annotation_cancelled: AnnotationEventData;
}

/** The fields common to all events about an SCM operation. */
export interface AnnotationEventData {
  /** The operation's id in the ledger. */
  operationId: string;
  /** The kind of operation. */
  operation: ScmOperation;
  /** The `owner` of the request. */
  owner: string;
  /** The `repository` of the request. */
  repository: string;
  /** Number of the pull request; null if the request names none. @asType integer */
  prNumber: number | null;
  /** The commit of the request; null if it names none. */
  commitSha: string | null;
  /**
   * The key that the request was submitted with; null if it was sent over request/reply without one. Events of older
   * versions lack this field.
   */
  idempotencyKey?: string | null;
}

export type EventName = keyof EventData;

/** The fields common to the body of every event. */
export interface EventBody {
  /** A UUIDv7. */
  readonly integrationId: string;
  /** The tenant that the integration belongs to. */
  readonly tenantId: string;
  /** The kind of service. */
  readonly type: IntegrationType;
  /** Name of the provider, such as `github_app`. */
  readonly provider: IntegrationProvider;
  /**
   * The registration's generation when the event happened. It counts changes of the registration, not events.
   * @asType integer
   */
  readonly generation: number;
  /** Sequence number per integration, from 1 without gaps; the same as the header `ce-sequence`. @asType integer */
  readonly sequence: number;
}

/** An event as an app writes it to the outbox. The relay adds the sequence number. */
export interface IntegrationEvent<N extends EventName = EventName> {
  readonly event: N;
  readonly tenantId: string;
  readonly integrationId: string;
  readonly type: IntegrationType;
  readonly provider: IntegrationProvider;
  readonly generation: number;
  readonly data: EventData[N];
  /**
   * The W3C trace context of the request that caused the event; for an event about an annotation, of the request that
   * submitted it. Absent if that request had none.
   */
  readonly traceparent?: string | undefined;
}

/** An event as `GET /api/v1/integrations/{id}/events` returns it. */
export interface EventView {
  /** The `ce-id` of the message. */
  readonly id: string;
  /** Name of the event, such as `updated`. */
  readonly event: string;
  /** Sequence number per integration, from 1 without gaps; the `ce-sequence` of the message. */
  readonly sequence: number;
  /** The registration's generation when the event happened. It counts changes of the registration, not events. */
  readonly generation: number;
  /** When the event happened, ISO-8601 UTC. */
  readonly at: string;
  /** The fields that this kind of event has. */
  readonly data: Readonly<Record<string, unknown>>;
}

export function eventType(event: EventName | SystemEventName): string {
  return `org.stella-ops.integrations.${event}.v1`;
}

/** Identifies the JSON Schema of the event's data, which is in docs/asyncapi.yaml. The URI cannot be fetched. */
export function eventSchema(event: EventName | SystemEventName): string {
  return `tag:stella-ops.org,2026:integrations/events/${event}/v1`;
}

export function eventSource(tenantId: string, integrationId: string): string {
  return `/tenants/${tenantId}/integrations/${integrationId}`;
}
