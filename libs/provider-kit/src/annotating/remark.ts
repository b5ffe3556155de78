import { shortHash } from '../marked-body';
import { distinctFingerprints, type InlineComment, type InlineOutcome } from '../scm-annotation-client';
import { linesName } from './unified-diff';

/** A remark of a request with the hidden marker by which it is found again. */
export interface Remark {
  readonly comment: InlineComment;
  readonly marker: string;
}

/** Remarks that are kept up to date as a set, those of other sets left alone. */
export interface RemarkSet {
  /** How the markers of all of them begin, those of earlier runs included. */
  readonly group: string;
  readonly remarks: readonly Remark[];
}

/** `of`: what posts them under the upsert key. */
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

/** What it says at its place, its marker not yet in it; at a file the lines have to be named. */
export function remarkText({ comment }: Remark, placed: 'inline' | 'file'): string {
  if (placed === 'inline') return comment.body;
  const { body, startLine, endLine } = comment;
  return `**${startLine === endLine ? 'Line' : 'Lines'} ${linesName(comment)}**\n\n${body}`;
}

const SUGGESTION = /^([ \t>]*(?:`{3,}|~{3,}))suggestion(?![\w:])/gm;

/** It offers lines in place of those that it stands at, so that it must stand at exactly them. */
export function isSuggestion({ comment }: Remark): boolean {
  return comment.body.search(SUGGESTION) >= 0;
}

/** The text with the blocks of suggestions called otherwise; by '' they are plain code. */
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

/** Why a remark that was posted earlier stands at its file. */
export const NOT_SHOWN_THEN = 'the diff did not show the line when it was posted';
