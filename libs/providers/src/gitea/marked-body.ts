import { type MarkedText, markedBody as markedBodyWithin, type Remark, remarkText } from '@integrations/provider-kit';
import { MAX_COMMENT } from './limits';

/** The text of a comment as it is sent. */
export function markedBody(text: string, marker: string): MarkedText {
  return markedBodyWithin(text, marker, { max: MAX_COMMENT, unit: 'characters' });
}

/** The text of a remark as it is sent. Gitea has it stand at one line: it names its lines where they are several. */
export function remarkBody(remark: Remark): string {
  const { startLine, endLine } = remark.comment;
  return markedBody(remarkText(remark, startLine === endLine ? 'inline' : 'file'), remark.marker).body;
}
