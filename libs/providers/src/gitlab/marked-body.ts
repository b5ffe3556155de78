import { markedBody as markedBodyWithin, neutralise } from '@integrations/provider-kit';
import { MAX_NOTE } from './limits';

/** The text of a note as it is sent: GitLab obeys none of its lines. */
export function markedBody(text: string, marker: string): ReturnType<typeof markedBodyWithin> {
  return markedBodyWithin(withoutQuickActions(neutralise(text)), marker, { max: MAX_NOTE, unit: 'characters' });
}

/**
 * GitLab carries out `/merge` and the like where a line begins with it, and takes carriage returns out before it looks. A
 * blank before it is seen by nobody in prose and harms nobody in code.
 * https://docs.gitlab.com/user/project/quick_actions/
 */
function withoutQuickActions(text: string): string {
  return text.replace(/^\/(?=[a-z])/gim, ' /');
}
