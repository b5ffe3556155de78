import { createHash } from 'node:crypto';
import type { Truncation } from '@integrations/contracts';
import { neutralise } from './neutralise';
import { type TextLimit, truncate } from './text-limits';

/** How a marker is hidden. Vendors that show HTML comments as text do hide a link definition that nothing refers to. */
export type MarkerForm = 'html_comment' | 'link_definition';

const MARKER_LINES: Readonly<Record<MarkerForm, (marker: string) => string>> = {
  html_comment: (marker) => `<!-- integrations:${marker} -->`,
  link_definition: (marker) => `[//]: # (integrations:${marker})`,
};
const MARKER = /(?:<!-- |\[\/\/\]: # \()integrations:([0-9a-f]+)(?: -->|\))\s*$/;

/** A text as it is sent, including the marker. */
export interface MarkedText {
  readonly body: string;
  readonly truncated: readonly Truncation[];
}

/** A short identifier, always the same for the same parts: 32 hexadecimal digits of a SHA-256. */
export function shortHash(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** The name in a comment's marker, or null. A marker counts only in the last line. */
export function markerOf(body: string): string | null {
  return MARKER.exec(body)?.[1] ?? null;
}

export function withoutMarker(body: string): string {
  return body.replace(MARKER, '').trimEnd();
}

/** The text of a comment as we send it: neutralised, cut to `limit`, and with the hidden marker as its last line. */
export function markedBody(
  text: string,
  marker: string,
  limit: Pick<TextLimit, 'max' | 'unit'>,
  form: MarkerForm = 'html_comment',
): MarkedText {
  const tail = `\n\n${MARKER_LINES[form](marker)}`;
  const cut = truncate(neutralise(text), { field: 'body', max: limit.max - tail.length, unit: limit.unit });
  return { body: `${cut.text}${tail}`, truncated: cut.truncation ? [cut.truncation] : [] };
}

/** Compares texts without regard to line breaks and trailing space, which vendors may return changed. */
export function sameText(a: string, b: string): boolean {
  const plain = (text: string) => text.replaceAll('\r\n', '\n').trimEnd();
  return plain(a) === plain(b);
}
