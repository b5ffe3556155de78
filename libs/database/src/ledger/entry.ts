import { failed } from '@integrations/contracts';
import type { NewOperation } from './operation';

/** An operation on its way into the ledger, with what is to be true and to be told at that moment. */
export interface Entry {
  readonly operation: NewOperation;
  /**
   * `live`: only if its integration is enabled and has the operation's generation still. `only`: and if the tenant has
   * no other enabled integration of that type.
   */
  readonly check: 'live' | 'only';
  /** The fields that all events about the operation have. */
  readonly eventData: object;
  /** Whose rate limits the lane shares; null for none. While they hold it, the operation does not begin. */
  readonly credential: string | null;
  /** Milliseconds to lease the lane for and begin at once, if nothing else is in it; null to leave it to others. */
  readonly leaseMs: number | null;
}

/** The outcome, as JSON, of every operation that something newer took the place of. PostgreSQL puts in which. */
export const SUPERSEDED = JSON.stringify(
  failed('superseded', 'a newer revision with the same upsertKey took its place', { operationId: '' }),
);

/** A row as `annotation_accept` takes it; absent stays NULL. */
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
    check,
    event_data: eventData,
    credential,
    lease_ms: leaseMs,
    lease_token: leaseToken,
  };
}
