import { type MarkedText, markedBody as markedBodyWithin, withoutHtml } from '@integrations/provider-kit';
import { MAX_COMMENT_BYTES } from './limits';

/** The text of a comment, with its marker. The marker is no HTML comment, because Bitbucket shows HTML as text. */
export function markedBody(text: string, marker: string): MarkedText {
  const limit = { max: MAX_COMMENT_BYTES, unit: 'bytes' } as const;
  return markedBodyWithin(withoutHtml(text), marker, limit, 'link_definition');
}
