import { distinctFingerprints, type InlineComment, markerOf, shortHash } from '@integrations/provider-kit';
import { nameOf } from './diff';
import { markedBody } from './marked-body';

/** A remark of the request with the marker by which it is found again. */
export interface Remark {
  readonly comment: InlineComment;
  readonly marker: string;
}

/** Tells those who look at it why a thread is closed, and us that we closed it. */
const SETTLED = '_No longer reported._';
const SUGGESTION = /^[\s>]*(`{3,}|~{3,})suggestion\b/m;

/** How the markers of all remarks of an upsert key begin. */
export function groupOf(upsertKey: string): string {
  return shortHash('inline', upsertKey);
}

export function remarksOf(comments: readonly InlineComment[], upsertKey: string): Remark[] {
  const fingerprints = distinctFingerprints(comments);
  const group = groupOf(upsertKey);
  return comments.map((comment, index) => ({ comment, marker: `${group}${shortHash(fingerprints[index]!)}` }));
}

/** What stands at the place; at a file the lines have to be named. */
export function bodyAt({ comment, marker }: Remark, placed: 'inline' | 'file'): string {
  const { body, startLine, endLine } = comment;
  const lines = `${startLine === endLine ? 'Line' : 'Lines'} ${nameOf(comment)}`;
  return markedBody(placed === 'file' ? `**${lines}**\n\n${body}` : body, marker).body;
}

/** It offers lines in place of those that it stands at, so that it must stand at exactly them. */
export function isSuggestion({ comment }: Remark): boolean {
  return SUGGESTION.test(comment.body);
}

/** The body of a remark that is no longer made. */
export function settledBody(body: string): string {
  const text = body.replace(/\s*<!--[^>]*-->\s*$/, '');
  return markedBody(`${SETTLED}\n\n${text}`, markerOf(body) ?? '').body;
}

export function isSettled(body: string): boolean {
  return body.startsWith(SETTLED);
}
