import type { ScmOperation, VendorRequest } from '@integrations/contracts';

/** A line of `GET /annotations/offline`. Holds no credential. */
export interface ParkedPayload {
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
  readonly request: Readonly<Record<string, unknown>>;
  /** For pasting into the pull request. */
  readonly markdown: string | null;
  /** What would be sent, in order, if nothing of it were at the vendor yet. */
  readonly vendorRequests: readonly VendorRequest[];
  /** The same as shell commands; the credential is `$SCM_TOKEN`. */
  readonly curl: readonly string[];
  /** Why something of it is missing. */
  readonly problem: string | null;
}

/** The answer of `POST /annotations/offline/replay`. */
export interface Replayed {
  readonly queued: number;
  /** Ended, because something newer took their place. */
  readonly superseded: number;
  /** False: there is more than could be queued in 20 seconds. */
  readonly complete: boolean;
}

export const PARKED_FILTERS = ['integrationId', 'since', 'until'] as const;
export type ParkedFilter = Readonly<Record<(typeof PARKED_FILTERS)[number], string>>;
