import { distinctFingerprints, type InlineComment, shortHash } from '@integrations/provider-kit';
import { nameOf } from './diff';
import { markedBody } from './marked-body';

/** A remark of the request with the marker by which it is found again. */
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

const SUGGESTION = /^([\s>]*(?:`{3,}|~{3,})suggestion)(?![\w:])/gm;

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

/** What stands at the place; at a file the lines have to be named. */
export function bodyAt({ comment, marker }: Remark, placed: 'inline' | 'file'): string {
  const { body, startLine, endLine } = comment;
  const lines = `${startLine === endLine ? 'Line' : 'Lines'} ${nameOf(comment)}`;
  // GitLab counts the lines that a suggestion replaces from the last one upwards; without a count it is one line.
  const counted = body.replace(SUGGESTION, `$1:-${endLine - startLine}+0`);
  return markedBody(placed === 'file' ? `**${lines}**\n\n${body}` : counted, marker).body;
}

/** It offers lines in place of those that it stands at, so that it must stand at exactly them. */
export function isSuggestion({ comment }: Remark): boolean {
  return new RegExp(SUGGESTION.source, 'm').test(comment.body);
}
