import {
  type MarkedText,
  markedBody as markedBodyWithin,
  type Remark,
  remarkText,
  renameSuggestions,
} from '@integrations/provider-kit';
import { MAX_COMMENT } from './limits';

/** The text of a comment as it is sent. */
export function markedBody(text: string, marker: string): MarkedText {
  return markedBodyWithin(text, marker, { max: MAX_COMMENT, unit: 'characters' });
}

/**
 * The text of a remark as it is sent. Gitea has it stand at one line: it names its lines where they are several, and
 * offers nothing in their place, since Gitea would replace the one.
 */
export function remarkBody(remark: Remark): string {
  const { startLine, endLine } = remark.comment;
  if (startLine === endLine) return markedBody(remarkText(remark, 'inline'), remark.marker).body;
  return markedBody(renameSuggestions(remarkText(remark, 'file'), ''), remark.marker).body;
}
