import {
  type MarkedText,
  markedBody as markedBodyWithin,
  type Remark,
  remarkText,
  withoutHtml,
} from '@integrations/provider-kit';
import { MAX_COMMENT } from './limits';

/** The text of a comment as it is sent. Bitbucket shows HTML as text, that of a marker too. */
export function markedBody(text: string, marker: string): MarkedText {
  return markedBodyWithin(withoutHtml(text), marker, { max: MAX_COMMENT, unit: 'characters' }, 'link_definition');
}

/** What stands at a place in the diff, or at a file. */
export function remarkBody(remark: Remark, placed: 'inline' | 'file'): string {
  return markedBody(remarkText(remark, placed), remark.marker).body;
}
