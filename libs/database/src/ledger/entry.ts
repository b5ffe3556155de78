import { failed } from '@integrations/contracts';
import type { NewOperation } from './operation';

/** An operation to enter into the ledger, with the condition to check and the events to emit in the same transaction. */
export interface Entry {
  readonly operation: NewOperation;
  /**
   * `live`: the integration must be enabled and still have the operation's generation. `only`: in addition, the tenant must
   * have no other enabled integration of that type.
   */
  readonly check: 'live' | 'only';
  /** The fields common to all events about the operation. */
  readonly eventData: object;
  /** The credential whose rate limits the lane shares; null for none. On hold, it keeps the operation from beginning. */
  readonly credential: string | null;
  /** Milliseconds of a lease to begin the operation at once if its lane is empty; null to leave it to any dispatcher. */
  readonly leaseMs: number | null;
}

/** The outcome, as JSON, of every superseded operation. PostgreSQL fills in the operation id. */
export const SUPERSEDED = JSON.stringify(
  failed('superseded', 'a newer revision with the same upsertKey replaced it', { operationId: '' }),
);

/** The JSON row that `annotation_accept` expects. Absent fields become NULL. */
export function toItem({ operation: o, check, eventData, credential, leaseMs }: Entry, leaseToken?: string): object {
  return {
    id: o.id,
    tenant_id: o.tenantId,
    integration_id: o.integrationId,
    integration_type: o.integrationType,
    provider: o.provider,
    generation: o.generation,
    operation: o.operation,
    lane: o.lane,
    owner: o.owner,
    repository: o.repository,
    pr_number: o.prNumber,
    commit_sha: o.commitSha,
    upsert_key: o.upsertKey,
    revision: o.revision,
    idempotency_key: o.idempotencyKey,
    request: o.request,
    request_hash: o.requestHash,
    deadline_at: o.deadlineAt,
    traceparent: o.traceparent,
    check,
    event_data: eventData,
    credential,
    lease_ms: leaseMs,
    lease_token: leaseToken,
  };
}
