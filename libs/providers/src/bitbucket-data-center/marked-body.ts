import { type MarkedText, markedBody as markedBodyWithin, withoutHtml } from '@integrations/provider-kit';
import { MAX_COMMENT_BYTES } from './limits';

/** The text of a comment as it is sent. Bitbucket shows HTML as text, that of a marker too. */
export function markedBody(text: string, marker: string): MarkedText {
  const limit = { max: MAX_COMMENT_BYTES, unit: 'bytes' } as const;
  return markedBodyWithin(withoutHtml(text), marker, limit, 'link_definition');
}
