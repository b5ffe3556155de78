import {
  type MarkedText,
  markedBody as markedBodyWithin,
  type Remark,
  remarkText,
  renameSuggestions,
} from '@integrations/provider-kit';
import { MAX_COMMENT } from './limits';

/** The text of a comment, with its marker. */
export function markedBody(text: string, marker: string): MarkedText {
  return markedBodyWithin(text, marker, { max: MAX_COMMENT, unit: 'characters' });
}

/**
 * The text of a remark, with its marker. Gitea attaches it to a single line. A remark on several lines therefore
 * mentions them in its text, and offers no suggestion, which would replace only the one line.
 */
export function remarkBody(remark: Remark): string {
  const { startLine, endLine } = remark.comment;
  if (startLine === endLine) return markedBody(remarkText(remark, 'inline'), remark.marker).body;
  return markedBody(renameSuggestions(remarkText(remark, 'file'), ''), remark.marker).body;
}
