import {
  type MarkedText,
  markedBody as markedBodyWithin,
  neutralise,
  type Remark,
  remarkText,
  renameSuggestions,
} from '@integrations/provider-kit';
import { MAX_NOTE } from './limits';

/** The text of a note as it is sent: GitLab obeys none of its lines. */
export function markedBody(text: string, marker: string): MarkedText {
  return markedBodyWithin(withoutQuickActions(neutralise(text)), marker, { max: MAX_NOTE, unit: 'characters' });
}

/** The text of a remark as it is sent. */
export function remarkBody(remark: Remark, placed: 'inline' | 'file'): string {
  const text = remarkText(remark, placed);
  // GitLab counts the lines that a suggestion replaces from the last one upwards; without a count it is one line.
  const { startLine, endLine } = remark.comment;
  const counted = placed === 'file' ? text : renameSuggestions(text, `suggestion:-${endLine - startLine}+0`);
  return markedBody(counted, remark.marker).body;
}

/**
 * GitLab carries out `/merge` and the like where a line begins with it, and takes carriage returns out before it looks, also
 * those within the word. A blank before it is seen by nobody in prose and harms nobody in code.
 * https://docs.gitlab.com/user/project/quick_actions/
 */
function withoutQuickActions(text: string): string {
  return text.replace(/^\/(?=\r*[a-z])/gim, ' /');
}
