import type { VendorRequest } from './scm-responses';
import type { ScmOperation } from './vocabulary';

/** One parked operation, a line of `GET /api/v1/annotations/offline`. It holds no credential. */
export interface ParkedPayloadView {
  readonly operationId: string;
  readonly integrationId: string;
  readonly provider: string;
  readonly operation: ScmOperation;
  readonly owner: string;
  readonly repository: string;
  readonly prNumber: number | null;
  readonly commitSha: string | null;
  readonly acceptedAt: string;
  readonly parkedAt: string | null;
  /** Why the operation was not sent. */
  readonly reason: string | null;
  /** The request as it was received. */
  readonly request: object;
  /** The content as Markdown, for pasting into the pull request by hand. */
  readonly markdown: string | null;
  /** The calls that would be made, in order, if the vendor had none of the content yet. */
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
