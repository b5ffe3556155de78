import {
  type MarkedText,
  markedBody as markedBodyWithin,
  type Remark,
  remarkText,
  withoutHtml,
} from '@integrations/provider-kit';
import { MAX_COMMENT } from './limits';

/** The text of a comment, with its marker. The marker is no HTML comment, because Bitbucket shows HTML as text. */
export function markedBody(text: string, marker: string): MarkedText {
  return markedBodyWithin(withoutHtml(text), marker, { max: MAX_COMMENT, unit: 'characters' }, 'link_definition');
}

/** The text of a remark, with its marker. */
export function remarkBody(remark: Remark, placed: 'inline' | 'file'): string {
  return markedBody(remarkText(remark, placed), remark.marker).body;
}
