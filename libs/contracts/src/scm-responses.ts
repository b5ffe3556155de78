import type { CheckRunConclusion, CheckRunStatus, CommitState } from './scm-requests';
import type { OperationResult } from './operation-result';
import type { ScmPublishResponse } from './scm-publish-response';
import type { IntegrationProvider, OperationState, ScmOperation } from './vocabulary';
import type { Truncation, WriteOutcome } from './written';

/** The result of posting a comment. */
export interface ScmCommentResponse {
  /** What was done with the comment. */
  readonly outcome: WriteOutcome;
  /** The vendor's id of the comment. */
  readonly commentId: string;
  /** URL of the comment. */
  readonly url: string;
  /** Fields that were cut to the vendor's limits. */
  readonly truncated: readonly Truncation[];
}

/** The result of setting a commit status. */
export interface ScmStatusResponse {
  /** What was done with the status. */
  readonly outcome: WriteOutcome;
  /** The vendor's id of the status. */
  readonly statusId: string;
  /** URL of the status, or of its commit. */
  readonly url: string;
  /** State of the status. */
  readonly state: CommitState;
  /** Name of the status, which tells it from the commit's other statuses. */
  readonly context: string;
  /** Fields that were cut to the vendor's limits. */
  readonly truncated: readonly Truncation[];
}

/** The result of posting a check run. */
export interface ScmCheckRunResponse {
  /** What was done with the check run. */
  readonly outcome: WriteOutcome;
  /** The vendor's id of the check run. */
  readonly checkRunId: string;
  /** URL of the check run. */
  readonly url: string;
  /** Status of the check run. */
  readonly status: CheckRunStatus;
  /** Conclusion of the check run; null before it is completed. */
  readonly conclusion: CheckRunConclusion | null;
  /** Number of annotations that it shows. */
  readonly annotationsPosted: number;
  /** Fields that were cut to the vendor's limits. */
  readonly truncated: readonly Truncation[];
}

export type ScmResponse = ScmCommentResponse | ScmStatusResponse | ScmCheckRunResponse | ScmPublishResponse;

/** The outcome of an SCM operation. All fields are always present. */
export type ScmOutcome = OperationResult<ScmResponse>;

/** An operation in the ledger, as `integrations.v1.rpc.scm.operation` and REST return it. Times are ISO-8601 UTC. */
export interface ScmOperationView {
  /** The operation's id in the ledger. */
  readonly operationId: string;
  /** The integration that the operation is posted through. */
  readonly integrationId: string;
  /** Name of the provider, such as `github_app`. */
  readonly provider: IntegrationProvider;
  /** The kind of annotation. */
  readonly operation: ScmOperation;
  /** State of the operation. */
  readonly state: OperationState;
  /** Owner of the repository at the vendor. */
  readonly owner: string;
  /** Name of the repository at the vendor. */
  readonly repository: string;
  /** Number of the pull request; null if the request names none. @asType integer */
  readonly prNumber: number | null;
  /** Full SHA of the commit; null for a comment. */
  readonly commitSha: string | null;
  /** Number of attempts to post the operation. A retry on request starts again at 0. @asType integer */
  readonly attempts: number;
  /** When the next attempt is due; null unless the operation waits for a retry. */
  readonly nextAttemptAt: string | null;
  /** When the request was stored in the ledger. */
  readonly acceptedAt: string;
  /** When the operation reached its state; null while it is queued or running. */
  readonly finishedAt: string | null;
  /**
   * Set while the operation still has to conclude a check run that it left unfinished at the vendor: the state that it
   * ends in afterwards. Otherwise null.
   */
  readonly ending: 'superseded' | 'cancelled' | 'failed' | null;
  /** The reply that the caller got or would get; null until the operation ends or is parked. */
  readonly outcome: ScmOutcome | null;
}

/** A call to the vendor, which a person could make by hand. It holds no credential. */
export interface VendorRequest {
  /** HTTP method. */
  readonly method: string;
  /** Absolute URL. */
  readonly url: string;
  /** The JSON body: an object, or a list if the vendor's API takes a list. */
  readonly body: object | readonly object[];
}

/** The reply to `dryRun: true`: the calls that would be made, in order, if the vendor had none of the content yet. */
export interface ScmDryRun {
  /** The integration that the operation would be posted through. */
  readonly integrationId: string;
  /** Provider of the integration. */
  readonly provider: IntegrationProvider;
  /** The operation. */
  readonly operation: ScmOperation;
  /** The calls that would be made to the vendor, in order. */
  readonly vendorRequests: readonly VendorRequest[];
}

/** The reply to `wait: accepted`. */
export interface ScmAccepted {
  /** The operation's id in the ledger. */
  readonly operationId: string;
  /** State of the operation when it was accepted. */
  readonly state: OperationState;
}
