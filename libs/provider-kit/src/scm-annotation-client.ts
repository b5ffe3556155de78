import type {
  OutdatedPolicy,
  ScmCheckRunRequest,
  ScmCheckRunResponse,
  ScmCommentRequest,
  ScmCommentResponse,
  ScmStatusRequest,
  ScmStatusResponse,
  VendorRequest,
} from '@integrations/contracts';
import type { AnnotationLimits } from './annotation-limits';

export type { VendorRequest } from '@integrations/contracts';

/** The operation of the ledger that is carried out, and the policies that apply to it. */
export interface AnnotationContext {
  readonly operationId: string;
  /** Identifies the comment, status or check run that is created once and then kept up to date. Never empty. */
  readonly upsertKey: string;
  readonly signal: AbortSignal;
  /**
   * Await this before a write that leaves a check run in progress until a later write concludes it. If the operation
   * ends between the two writes, `cancelCheckRun` is then called. Absent where nothing would call it.
   */
  halfMade?(): Promise<void>;
  /** The pull request in whose conversation nothing may be written, not even by a check run that would show there. */
  readonly leaveAlone?: number | undefined;
  /** For a check run posted as remarks: what happens to remarks of earlier runs once it completes. Absent: resolve. */
  readonly outdated?: OutdatedPolicy | undefined;
}

/** A validated request, with the kind of operation it asks for. */
export type ScmAnnotation =
  | { readonly operation: 'comment'; readonly request: ScmCommentRequest }
  | { readonly operation: 'status'; readonly request: ScmStatusRequest }
  | { readonly operation: 'check_run'; readonly request: ScmCheckRunRequest };

export interface PullRequestRef {
  readonly owner: string;
  readonly repository: string;
  readonly pullRequestNumber: number;
}

/** The facts about a pull request on which policies decide. */
export interface PullRequestFacts {
  readonly headSha: string;
  /** Merged counts as closed. */
  readonly state: 'open' | 'closed';
  readonly draft: boolean;
  /** True if only accounts with write access may comment. */
  readonly locked: boolean;
}

/** One remark on lines of a file, in the head of a pull request. */
export interface InlineComment {
  /**
   * Identifies a remark from run to run among those of one upsertKey, so it must not depend on line numbers. Remarks of
   * one request that share a fingerprint are distinguished by their order.
   */
  readonly fingerprint: string;
  /** Relative to the root of the repository. */
  readonly path: string;
  /** From 1; `endLine` is not before `startLine`. */
  readonly startLine: number;
  readonly endLine: number;
  /** Markdown, already neutralised. */
  readonly body: string;
}

/** The fingerprint of each comment, made unique where several comments share one. */
export function distinctFingerprints(comments: readonly Pick<InlineComment, 'fingerprint'>[]): string[] {
  const seen = new Map<string, number>();
  return comments.map(({ fingerprint }) => {
    const count = (seen.get(fingerprint) ?? 0) + 1;
    seen.set(fingerprint, count);
    return count === 1 ? fingerprint : JSON.stringify([fingerprint, count]);
  });
}

/** The fields that, together with the upsertKey, identify a check run. */
export type CheckRunRef = Pick<ScmCheckRunRequest, 'owner' | 'repository' | 'headSha' | 'name'>;

/** All remarks of one run on a pull request. Those of earlier runs under the same upsertKey are brought up to date. */
export interface InlineCommentsRequest extends PullRequestRef {
  readonly headSha: string;
  /** Most important first. */
  readonly comments: readonly InlineComment[];
  readonly outdated: OutdatedPolicy;
}

/**
 * Where a remark ended up. `inline`: at its line; `file`: at its file, because the line is not in the diff; `unplaced`:
 * nowhere, so the summary has to list it.
 */
export interface InlineOutcome {
  readonly fingerprint: string;
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'unplaced';
  readonly placed: 'inline' | 'file' | null;
  readonly url: string | null;
  /** Why the remark is not where it was meant to be; null if it is. */
  readonly reason: string | null;
}

export interface InlineCommentsResponse {
  /** In the order of the request's comments. */
  readonly comments: readonly InlineOutcome[];
  /** How many remarks of earlier runs were resolved or deleted. */
  readonly outdated: number;
}

/**
 * Posts onto pull requests. A method may run again after its reply was lost, so each write first looks for what an
 * earlier attempt left. Throws ProviderError; the dispatcher turns values and errors into operation results.
 */
export interface ScmAnnotationClient {
  /** The vendor's size limits. Absent: texts are cut to sizes that every vendor takes. */
  readonly limits?: AnnotationLimits;
  postComment?(request: ScmCommentRequest, context: AnnotationContext): Promise<ScmCommentResponse>;
  postStatus?(request: ScmStatusRequest, context: AnnotationContext): Promise<ScmStatusResponse>;
  createCheckRun?(request: ScmCheckRunRequest, context: AnnotationContext): Promise<ScmCheckRunResponse>;
  /** Cancels a check run that is still in progress and shows `summary` as the reason; does nothing if there is none. */
  cancelCheckRun?(run: CheckRunRef & { readonly summary: string }, context: AnnotationContext): Promise<void>;
  postInlineComments?(request: InlineCommentsRequest, context: AnnotationContext): Promise<InlineCommentsResponse>;
  readPullRequest?(pullRequest: PullRequestRef, signal: AbortSignal): Promise<PullRequestFacts>;
  /**
   * The requests that would be sent, in order, if the vendor had nothing of this annotation yet: for a dry run and for
   * posting by hand. Pure: no I/O and no credential, but the same texts and limits as when it is really posted.
   */
  preview?(annotation: ScmAnnotation, context: Omit<AnnotationContext, 'signal'>): readonly VendorRequest[];
}
