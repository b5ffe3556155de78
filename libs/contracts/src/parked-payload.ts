import type { VendorRequest } from './scm-responses';
import type { ScmOperation } from './vocabulary';

/** One parked operation, a line of `GET /api/v1/annotations/offline`. It holds no credential. */
export interface ParkedPayloadView {
  /** The operation's id in the ledger. */
  readonly operationId: string;
  /** The integration that the operation is posted through. */
  readonly integrationId: string;
  /** Name of the provider, such as `github_app`. */
  readonly provider: string;
  /** The kind of annotation. */
  readonly operation: ScmOperation;
  /** Owner of the repository at the vendor. */
  readonly owner: string;
  /** Name of the repository at the vendor. */
  readonly repository: string;
  /** Number of the pull request; null if the request names none. */
  readonly prNumber: number | null;
  /** Full SHA of the commit; null for a comment. */
  readonly commitSha: string | null;
  /** When the request was stored in the ledger. */
  readonly acceptedAt: string;
  /** When the operation was parked. */
  readonly parkedAt: string | null;
  /** Why the operation was not sent; null if no reason was recorded. */
  readonly reason: string | null;
  /** The request as it was received. */
  readonly request: object;
  /** The content as Markdown, for pasting into the pull request by hand; null if it cannot be rendered. */
  readonly markdown: string | null;
  /**
   * The calls that would be made, in order, if the vendor had none of the content yet; empty if they cannot be
   * rendered.
   */
  readonly vendorRequests: readonly VendorRequest[];
  /** The same calls as shell commands, which read the credential from `$SCM_TOKEN`. */
  readonly curl: readonly string[];
  /** Why parts of this entry are missing; null if it is complete. */
  readonly problem: string | null;
}

/** The answer of `POST /api/v1/annotations/offline/replay`. */
export interface ReplayedView {
  /** Number of operations put back into their lanes, which the dispatchers now post. */
  readonly queued: number;
  /** Number of operations that ended because a newer one had replaced them. */
  readonly superseded: number;
  /** False if not everything could be queued within 20 seconds: repeat the request. */
  readonly complete: boolean;
}
