import type { Truncation } from '@integrations/contracts';
import { neutralise, truncate } from '@integrations/provider-kit';
import { markerLine } from './identity';
import { MAX_COMMENT } from './limits';

/** The text of a comment as it is sent: harmless, within GitHub's limit, and with our marker as its last line. */
export function markedBody(text: string, marker: string): { body: string; truncated: Truncation[] } {
  const tail = `\n\n${markerLine(marker)}`;
  const cut = truncate(neutralise(text), { field: 'body', max: MAX_COMMENT - tail.length, unit: 'characters' });
  return { body: `${cut.text}${tail}`, truncated: cut.truncation ? [cut.truncation] : [] };
}

/** GitHub may give line breaks and trailing space back differently from how it took them. */
export function sameText(a: string, b: string): boolean {
  const plain = (text: string) => text.replaceAll('\r\n', '\n').trimEnd();
  return plain(a) === plain(b);
}
