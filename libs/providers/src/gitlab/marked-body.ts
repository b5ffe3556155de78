import {
  type MarkedText,
  markedBody as markedBodyWithin,
  neutralise,
  type Remark,
  remarkText,
  renameSuggestions,
} from '@integrations/provider-kit';
import { MAX_NOTE } from './limits';

/** The text of a note, with its marker and with GitLab's quick actions disarmed. */
export function markedBody(text: string, marker: string): MarkedText {
  return markedBodyWithin(withoutQuickActions(neutralise(text)), marker, { max: MAX_NOTE, unit: 'characters' });
}

/** The text of a remark, with its marker. */
export function remarkBody(remark: Remark, placed: 'inline' | 'file'): string {
  const text = remarkText(remark, placed);
  // GitLab counts the lines that a suggestion replaces upwards from the last one. Without a count it replaces one line.
  const { startLine, endLine } = remark.comment;
  const counted = placed === 'file' ? text : renameSuggestions(text, `suggestion:-${endLine - startLine}+0`);
  return markedBody(counted, remark.marker).body;
}

/**
 * GitLab executes lines that begin with a quick action such as `/merge`. It removes carriage returns first, even within
 * the word. The inserted space is invisible in prose and harmless in code.
 * https://docs.gitlab.com/user/project/quick_actions/
 */
function withoutQuickActions(text: string): string {
  return text.replace(/^\/(?=\r*[a-z])/gim, ' /');
}
