import type { ErrorCode } from './error-codes';
import type { Severity } from './findings';
import type { Truncation, WriteOutcome } from './written';

/** What became of one of the things to show. */
export interface PublishedPart {
  /** `skipped`: as a policy asks for, or because the provider cannot; `failed`: the others were posted nevertheless. */
  readonly outcome: WriteOutcome | 'skipped' | 'failed';
  /** The vendor's id; null for remarks on lines, of which `items` tells, and where nothing was posted. */
  readonly id: string | null;
  readonly url: string | null;
  /** Why it was skipped or failed. */
  readonly reason: string | null;
  readonly errorCode: ErrorCode | null;
}

/**
 * Where a finding is to be seen, at the most prominent of its places: at its line, at its file, as annotation of the
 * check run, in a row of the summary; `dropped` where it is nowhere.
 */
export interface PublishedItem {
  readonly fingerprint: string;
  readonly ruleId: string;
  readonly severity: Severity;
  readonly path: string | null;
  readonly line: number | null;
  readonly outcome: 'inline' | 'file' | 'annotation' | 'summary' | 'dropped';
  readonly url: string | null;
  /** Why it is not in a more prominent place that was asked for. */
  readonly reason: string | null;
}

/** Beside the last successful run under the same `upsertKey` on the same pull request. */
export interface PublishedChanges {
  readonly new: number;
  readonly fixed: number;
  readonly unchanged: number;
}

/** What was made of a publish request; also of one that failed, for what was posted nevertheless. */
export interface ScmPublishResponse {
  /** `created` or `updated` if any part was, `skipped` if all were. */
  readonly outcome: WriteOutcome | 'skipped';
  readonly conclusion: 'success' | 'failure';
  /** Of the comment, else the check run, else the status; null where nothing was posted. */
  readonly url: string | null;
  /** How many findings there are of each severity. */
  readonly counts: Readonly<Record<Severity, number>>;
  /** How many results the scanner itself marked as suppressed; they are shown nowhere. */
  readonly suppressed: number;
  /** Null without an `upsertKey` or an earlier run. */
  readonly changes: PublishedChanges | null;
  readonly checkRun: PublishedPart | null;
  readonly status: PublishedPart | null;
  readonly comment: PublishedPart | null;
  readonly inline: PublishedPart | null;
  /** The gravest first; at most 500, the rest is counted in `itemsLeftOut`. */
  readonly items: readonly PublishedItem[];
  readonly itemsLeftOut: number;
  readonly truncated: readonly Truncation[];
}
