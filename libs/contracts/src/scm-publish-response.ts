import type { ErrorCode } from './error-codes';
import type { Severity } from './findings';
import type { Truncation, WriteOutcome } from './written';

/** The outcome of one part of a publish request. */
export interface PublishedPart {
  /**
   * `skipped`: because of a policy, or because the provider does not support it. `failed`: the other parts were posted
   * nevertheless.
   */
  readonly outcome: WriteOutcome | 'skipped' | 'failed';
  /** The vendor's id; null if nothing was posted, and for inline remarks, which `items` lists. */
  readonly id: string | null;
  readonly url: string | null;
  /** Why the part was skipped or failed. */
  readonly reason: string | null;
  readonly errorCode: ErrorCode | null;
}

/**
 * The most prominent place that shows a finding: a remark on its line (`inline`) or on its file (`file`), an annotation
 * of the check run, or a row of the summary. `dropped`: it is shown nowhere.
 */
export interface PublishedItem {
  readonly fingerprint: string;
  readonly ruleId: string;
  readonly severity: Severity;
  readonly path: string | null;
  readonly line: number | null;
  readonly outcome: 'inline' | 'file' | 'annotation' | 'summary' | 'dropped';
  readonly url: string | null;
  /** Why the finding is not shown in a more prominent place that the request asked for. */
  readonly reason: string | null;
}

/** Numbers of findings, compared with the last successful run under the same `upsertKey` on the same pull request. */
export interface PublishedChanges {
  readonly new: number;
  readonly fixed: number;
  readonly unchanged: number;
}

/** The result of a publish request. A request that failed has one too if some of its parts were posted. */
export interface ScmPublishResponse {
  /** `created` or `updated` if any part was; `skipped` if all parts were. */
  readonly outcome: WriteOutcome | 'skipped';
  readonly conclusion: 'success' | 'failure';
  /** URL of the comment, else of the check run, else of the status; null if nothing was posted. */
  readonly url: string | null;
  /** Number of findings per severity. */
  readonly counts: Readonly<Record<Severity, number>>;
  /** Number of results that the scanner itself marked as suppressed. They are not shown. */
  readonly suppressed: number;
  /** Null if the request has no `upsertKey` or there is no earlier run. */
  readonly changes: PublishedChanges | null;
  readonly checkRun: PublishedPart | null;
  readonly status: PublishedPart | null;
  readonly comment: PublishedPart | null;
  readonly inline: PublishedPart | null;
  /** Most severe first, at most 500. `itemsLeftOut` counts the others. */
  readonly items: readonly PublishedItem[];
  readonly itemsLeftOut: number;
  readonly truncated: readonly Truncation[];
}
