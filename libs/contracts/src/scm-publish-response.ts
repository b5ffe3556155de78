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
  /** URL of what was posted; null if nothing was. */
  readonly url: string | null;
  /** Why the part was skipped or failed; otherwise null. */
  readonly reason: string | null;
  /** The kind of failure; null unless the part failed. */
  readonly errorCode: ErrorCode | null;
}

/** A finding, and where it is shown. */
export interface PublishedItem {
  /** Identifies the finding across runs. */
  readonly fingerprint: string;
  /** The scanner's rule. */
  readonly ruleId: string;
  /** Severity of the finding. */
  readonly severity: Severity;
  /** The file, relative to the repository; null if the finding has none. */
  readonly path: string | null;
  /** The line, counted from 1; null if the finding has none. @asType integer */
  readonly line: number | null;
  /**
   * The most prominent place that shows the finding: a remark on its line (`inline`) or on its file (`file`), an
   * annotation of the check run, or a row of the summary. `dropped`: it is shown nowhere.
   */
  readonly outcome: 'inline' | 'file' | 'annotation' | 'summary' | 'dropped';
  /** URL of that place; null if it has none of its own. */
  readonly url: string | null;
  /** Why the finding is not shown in a more prominent place that the request asked for; null if it is. */
  readonly reason: string | null;
}

/** Numbers of findings, compared with the last successful run under the same `upsertKey` on the same pull request. */
export interface PublishedChanges {
  /** Findings that the earlier run did not have. @asType integer */
  readonly new: number;
  /** Findings of the earlier run that are gone. @asType integer */
  readonly fixed: number;
  /** Findings of both runs. @asType integer */
  readonly unchanged: number;
}

/** The result of a publish request. A request that failed has one too if some of its parts were posted. */
export interface ScmPublishResponse {
  /** `created` or `updated` if any part was; `skipped` if all parts were. */
  readonly outcome: WriteOutcome | 'skipped';
  /** Whether the findings pass the request's policy. */
  readonly conclusion: 'success' | 'failure';
  /** URL of the comment, else of the check run, else of the status; null if nothing was posted. */
  readonly url: string | null;
  /** Number of findings per severity. */
  readonly counts: Readonly<Record<Severity, number>>;
  /** Number of results that the scanner itself marked as suppressed. They are not shown. @asType integer */
  readonly suppressed: number;
  /** Null if the request has no `upsertKey` or there is no earlier run. */
  readonly changes: PublishedChanges | null;
  /** The check run; null if the request did not ask for one. */
  readonly checkRun: PublishedPart | null;
  /** The commit status; null if the request did not ask for one. */
  readonly status: PublishedPart | null;
  /** The comment; null if the request did not ask for one. */
  readonly comment: PublishedPart | null;
  /** The remarks on lines and files; null if the request did not ask for them. */
  readonly inline: PublishedPart | null;
  /** The findings, most severe first, at most 500. */
  readonly items: readonly PublishedItem[];
  /** Number of findings that `items` does not list. @asType integer */
  readonly itemsLeftOut: number;
  /** Fields that were cut to the vendor's limits. */
  readonly truncated: readonly Truncation[];
}
