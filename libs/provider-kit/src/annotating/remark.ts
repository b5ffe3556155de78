import { shortHash } from '../marked-body';
import { distinctFingerprints, type InlineComment, type InlineOutcome } from '../scm-annotation-client';
import { linesName } from './unified-diff';

/** A remark of a request, with the hidden marker by which it is found again. */
export interface Remark {
  readonly comment: InlineComment;
  readonly marker: string;
}

/** Remarks that are kept up to date together; remarks of other sets are not touched. */
export interface RemarkSet {
  /** The common prefix of the markers of all remarks in this set, including those of earlier runs. */
  readonly group: string;
  readonly remarks: readonly Remark[];
}

/** `of` is the kind of request that posts the remarks under the upsert key. */
export function remarkSet(
  of: 'inline' | 'check_run',
  upsertKey: string,
  comments: readonly InlineComment[],
): RemarkSet {
  const fingerprints = distinctFingerprints(comments);
  const group = shortHash(of, upsertKey);
  const remarks = comments.map((comment, index) => ({
    comment,
    marker: `${group}${shortHash(fingerprints[index]!)}`,
  }));
  return { group, remarks };
}

/** The remark's text without its marker. At a file, the text has to name the lines. */
export function remarkText({ comment }: Remark, placed: 'inline' | 'file'): string {
  if (placed === 'inline') return comment.body;
  const { body, startLine, endLine } = comment;
  return `**${startLine === endLine ? 'Line' : 'Lines'} ${linesName(comment)}**\n\n${body}`;
}

const SUGGESTION = /^([ \t>]*(?:`{3,}|~{3,}))suggestion(?![\w:])/gm;

/** True if the remark suggests replacement lines, so it must stand at exactly the lines that they replace. */
export function isSuggestion({ comment }: Remark): boolean {
  return comment.body.search(SUGGESTION) >= 0;
}

/** Renames the suggestion blocks in a text; with '' they become plain code blocks. */
export function renameSuggestions(text: string, name: string): string {
  return text.replace(SUGGESTION, `$1${name}`);
}

export function placedRemark(
  { comment: { fingerprint } }: Remark,
  outcome: 'created' | 'updated' | 'unchanged',
  placed: 'inline' | 'file',
  url: string | null,
  reason: string | null,
): InlineOutcome {
  return { fingerprint, outcome, placed, url, reason };
}

export function unplacedRemark({ comment: { fingerprint } }: Remark, reason: string): InlineOutcome {
  return { fingerprint, outcome: 'unplaced', placed: null, url: null, reason };
}

/** The reason given for a remark that an earlier run posted at its file. */
export const NOT_SHOWN_WHEN_POSTED = 'the diff did not show the line when it was posted';
