import { hash } from 'node:crypto';
import type { ScmOperation } from '@integrations/contracts';
import type { IntegrationRow, NewOperation } from '@integrations/database';
import type { Annotation } from '@integrations/payload-builder';
import { v5 as uuidv5, v7 as uuidv7 } from 'uuid';
import { targetOf } from '../annotation';
import { canonical } from './canonical';

/** Namespace of operation ids derived from requests. Never change it: comments at vendors are found by them. */
const NAMESPACE = '4f5a1c5e-7d0b-4c39-9a52-6b1f0e3d8c27';

/** A valid request on its way into the ledger. */
export interface Submission {
  readonly tenantId: string;
  readonly annotation: Annotation;
  readonly idempotencyKey: string | null;
  /** When the caller submitted it; `deadlineMs` counts from here. */
  readonly submittedAt: Date;
  /** The W3C trace context of the request, if it has one. */
  readonly traceparent: string | null;
  /** Whether the caller waits for the outcome. */
  readonly isAwaited: boolean;
}

/** The ledger row of a submission that is posted through `integration`. */
export function draft(submission: Submission, integration: IntegrationRow): NewOperation {
  const { tenantId, annotation, idempotencyKey, submittedAt, traceparent } = submission;
  const { operation, request } = annotation;
  // Without nulls, so that plugins need to know only one form of absent.
  const stored = canonical(request);
  const requestHash = hashOfStored(operation, stored);
  return {
    id: idempotencyKey === null ? uuidv7() : idOf(tenantId, idempotencyKey, requestHash),
    tenantId,
    integrationId: integration.id,
    integrationType: integration.type,
    provider: integration.provider,
    generation: integration.generation,
    operation,
    lane: `${integration.id}:${placeOf(annotation)}`,
    owner: request.owner,
    repository: request.repository,
    ...targetOf(annotation),
    upsertKey: request.upsertKey ?? null,
    revision: request.revision ?? null,
    idempotencyKey,
    request: stored,
    requestHash,
    deadlineAt: request.deadlineMs == null ? null : new Date(submittedAt.getTime() + request.deadlineMs),
    traceparent,
  };
}

/** The same each time a request comes: what was posted is found at the vendor even if the ledger has lost it. */
function idOf(tenantId: string, idempotencyKey: string, requestHash: string): string {
  return uuidv5(JSON.stringify([tenantId, idempotencyKey, requestHash]), NAMESPACE);
}

/** Hash of what is posted and where. How the caller waits for it does not make it a different request. */
export function hashOf({ operation, request }: Annotation): string {
  return hashOfStored(operation, canonical(request));
}

function hashOfStored(operation: ScmOperation, request: Annotation['request']): string {
  const { idempotencyKey: _key, wait: _wait, deadlineMs: _deadline, dryRun: _dryRun, ...content } = request;
  return hash('sha256', `${operation}\n${JSON.stringify(content)}`, 'base64url');
}

/** Submissions with the same key, a tenant and a pull request or commit, are accepted in the order of arrival. */
export function orderOf({ tenantId, annotation }: Submission): string {
  return `${tenantId}:${placeOf(annotation)}`;
}

/** The pull request or commit, with owner and repository in lower case: vendors ignore their case. */
function placeOf(annotation: Annotation): string {
  const { owner, repository } = annotation.request;
  const { prNumber, commitSha } = targetOf(annotation);
  return `${owner.toLowerCase()}/${repository.toLowerCase()}${prNumber === null ? `@${commitSha}` : `#${prNumber}`}`;
}
