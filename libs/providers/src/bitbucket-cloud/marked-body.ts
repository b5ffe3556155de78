import { type MarkedText, markedBody as markedBodyWithin, type Remark, remarkText } from '@integrations/provider-kit';
import { MAX_COMMENT } from './limits';

/** The text of a comment as it is sent. Bitbucket shows HTML as text: so is a marker in an HTML comment, and what folds. */
export function markedBody(text: string, marker: string): MarkedText {
  return markedBodyWithin(unfolded(text), marker, { max: MAX_COMMENT, unit: 'characters' }, 'link_definition');
}

/** What stands at a place in the diff, or at a file. */
export function remarkBody(remark: Remark, placed: 'inline' | 'file'): string {
  return markedBody(remarkText(remark, placed), remark.marker).body;
}

function unfolded(text: string): string {
  return text.replace(/^<details>\n<summary>(.*)<\/summary>$/gm, '**$1**').replace(/^<\/details>$/gm, '');
}
