import type { VendorRequest } from './scm-responses';
import type { ScmOperation } from './vocabulary';

/** A line of `GET /api/v1/annotations/offline`. Holds no credential. */
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
  /** Why it was not sent. */
  readonly reason: string | null;
  /** As it was asked for. */
  readonly request: object;
  /** For pasting into the pull request. */
  readonly markdown: string | null;
  /** What would be sent, in order, if nothing of it were at the vendor yet. */
  readonly vendorRequests: readonly VendorRequest[];
  /** The same as shell commands; the credential is `$SCM_TOKEN`. */
  readonly curl: readonly string[];
  /** Why something of it is missing. */
  readonly problem: string | null;
}

/** The answer of `POST /api/v1/annotations/offline/replay`. */
export interface ReplayedView {
  /** Put back into their lanes; dispatchers post them now. */
  readonly queued: number;
  /** Ended, because something newer took their place. */
  readonly superseded: number;
  /** False: there is more than could be queued in 20 seconds; ask again. */
  readonly complete: boolean;
}
