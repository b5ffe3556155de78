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

/** How one operation of the ledger is to be carried out. */
export interface AnnotationContext {
  readonly operationId: string;
  /** Names the comment, status or check run that is kept up to date; never empty. */
  readonly upsertKey: string;
  readonly signal: AbortSignal;
  /**
   * To be awaited before a write that leaves a check run under way until a later one concludes it: should the operation
   * end between the two, `cancelCheckRun` is called. Absent where nobody would.
   */
  halfMade?(): Promise<void>;
  /** The pull request whose conversation is to be left alone, also by a check run that would show there. */
  readonly leaveAlone?: number | undefined;
  /** What a check run that would show as remarks does with those of earlier runs, once it is complete: resolves if absent. */
  readonly outdated?: OutdatedPolicy | undefined;
}

/** A valid request with the operation that it is for. */
export type ScmAnnotation =
  | { readonly operation: 'comment'; readonly request: ScmCommentRequest }
  | { readonly operation: 'status'; readonly request: ScmStatusRequest }
  | { readonly operation: 'check_run'; readonly request: ScmCheckRunRequest };

export interface PullRequestRef {
  readonly owner: string;
  readonly repository: string;
  readonly pullRequestNumber: number;
}

/** What policies ask of a pull request. */
export interface PullRequestFacts {
  readonly headSha: string;
  /** Merged counts as closed. */
  readonly state: 'open' | 'closed';
  readonly draft: boolean;
  /** Only those with write access may comment. */
  readonly locked: boolean;
}

/** One remark on lines of a file, in the head of a pull request. */
export interface InlineComment {
  /**
   * Tells remarks of one upsertKey apart from run to run; must not depend on line numbers. Remarks of one request that
   * share it are told apart by their order.
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

/** The fingerprints, made distinct where remarks share one. */
export function distinctFingerprints(comments: readonly Pick<InlineComment, 'fingerprint'>[]): string[] {
  const seen = new Map<string, number>();
  return comments.map(({ fingerprint }) => {
    const count = (seen.get(fingerprint) ?? 0) + 1;
    seen.set(fingerprint, count);
    return count === 1 ? fingerprint : JSON.stringify([fingerprint, count]);
  });
}

/** A check run by what it is found by, beside the upsertKey. */
export type CheckRunRef = Pick<ScmCheckRunRequest, 'owner' | 'repository' | 'headSha' | 'name'>;

/** All remarks of one run on a pull request: those of earlier runs under the same upsertKey are brought up to date. */
export interface InlineCommentsRequest extends PullRequestRef {
  readonly headSha: string;
  /** Most important first. */
  readonly comments: readonly InlineComment[];
  readonly outdated: OutdatedPolicy;
}

/**
 * Where a remark ended up. `inline`: at its line; `file`: at its file, because the line is not in the diff; `unplaced`:
 * nowhere, the summary has to carry it.
 */
export interface InlineOutcome {
  readonly fingerprint: string;
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'unplaced';
  readonly placed: 'inline' | 'file' | null;
  readonly url: string | null;
  /** Why it is not where it was meant to be; null if it is. */
  readonly reason: string | null;
}

export interface InlineCommentsResponse {
  /** In the order of the request's comments. */
  readonly comments: readonly InlineOutcome[];
  /** How many remarks of earlier runs were resolved or deleted. */
  readonly outdated: number;
}

/**
 * Posts onto pull requests. Each method may run again after a lost reply, so each write begins with a look at what is
 * there. Throws ProviderError; the dispatcher turns values and errors into operation results.
 */
export interface ScmAnnotationClient {
  /** What fits; absent, texts are made to fit everywhere. */
  readonly limits?: AnnotationLimits;
  postComment?(request: ScmCommentRequest, context: AnnotationContext): Promise<ScmCommentResponse>;
  postStatus?(request: ScmStatusRequest, context: AnnotationContext): Promise<ScmStatusResponse>;
  createCheckRun?(request: ScmCheckRunRequest, context: AnnotationContext): Promise<ScmCheckRunResponse>;
  /** Ends a check run that is still under way, and says why; does nothing if there is none. */
  cancelCheckRun?(run: CheckRunRef & { readonly summary: string }, context: AnnotationContext): Promise<void>;
  postInlineComments?(request: InlineCommentsRequest, context: AnnotationContext): Promise<InlineCommentsResponse>;
  readPullRequest?(pullRequest: PullRequestRef, signal: AbortSignal): Promise<PullRequestFacts>;
  /**
   * What would be sent, in order, if nothing of it were at the vendor yet: for a dry run and for posting by hand. Pure:
   * no I/O, no credential, the same texts and limits as when it is posted.
   */
  preview?(annotation: ScmAnnotation, context: Omit<AnnotationContext, 'signal'>): readonly VendorRequest[];
}
