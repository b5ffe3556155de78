import type { CheckRunConclusion, CheckRunStatus, CommitState } from './scm-requests';
import type { OperationResult } from './operation-result';
import type { ScmPublishResponse } from './scm-publish-response';
import type { IntegrationProvider, OperationState, ScmOperation } from './vocabulary';
import type { Truncation, WriteOutcome } from './written';

export interface ScmCommentResponse {
  readonly outcome: WriteOutcome;
  readonly commentId: string;
  readonly url: string;
  readonly truncated: readonly Truncation[];
}

export interface ScmStatusResponse {
  readonly outcome: WriteOutcome;
  readonly statusId: string;
  readonly url: string;
  readonly state: CommitState;
  readonly context: string;
  readonly truncated: readonly Truncation[];
}

export interface ScmCheckRunResponse {
  readonly outcome: WriteOutcome;
  readonly checkRunId: string;
  readonly url: string;
  readonly status: CheckRunStatus;
  readonly conclusion: CheckRunConclusion | null;
  readonly annotationsPosted: number;
  readonly truncated: readonly Truncation[];
}

export type ScmResponse = ScmCommentResponse | ScmStatusResponse | ScmCheckRunResponse | ScmPublishResponse;

/** A row of the ledger as `integrations.v1.rpc.scm.operation` and REST show it. Times are ISO-8601 UTC. */
export interface ScmOperationView {
  readonly operationId: string;
  readonly integrationId: string;
  readonly provider: IntegrationProvider;
  readonly operation: ScmOperation;
  readonly state: OperationState;
  readonly owner: string;
  readonly repository: string;
  readonly prNumber: number | null;
  readonly commitSha: string | null;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly acceptedAt: string;
  readonly finishedAt: string | null;
  /** The state it ends in once a check run that it left half made is concluded; null where nothing is owed. */
  readonly ending: 'superseded' | 'cancelled' | 'failed' | null;
  /** The reply the caller got or would get; null while the operation is under way. */
  readonly outcome: OperationResult<ScmResponse> | null;
}

/** One call to the vendor as a person could repeat it by hand. Holds no credential. */
export interface VendorRequest {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  /** A list where the vendor takes one. */
  readonly body: object | readonly object[];
}

/** The reply of `dryRun: true`: what would be sent, in order, if nothing of it were at the vendor yet. */
export interface ScmDryRun {
  readonly integrationId: string;
  readonly provider: IntegrationProvider;
  readonly operation: ScmOperation;
  readonly vendorRequests: readonly VendorRequest[];
}

/** The reply of `wait: accepted`. */
export interface ScmAccepted {
  readonly operationId: string;
  readonly state: OperationState;
}
