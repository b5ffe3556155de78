import {
  asTooLarge,
  hasCode,
  hasStatus,
  type InlineCommentsRequest,
  type InlineOutcome,
  nullIf,
  parseGitDiff,
  placeEach,
  ProviderError,
  type Remark,
  UnifiedDiff,
} from '@integrations/provider-kit';
import { type Anchor, atFile, atLines } from './anchors';
import type { Conversation } from './conversation';
import { unreadable } from './errors';
import { MAX_REMARKS_AT_FILES } from './limits';
import { remarkBody } from './remark-body';
import { factsOf, pullRequestPath } from './pull-requests';

export type Target = Pick<InlineCommentsRequest, 'owner' | 'repository' | 'pullRequestNumber' | 'headSha'>;

/**
 * Posts new remarks: each on its lines, otherwise on its file, up to `roomAtFiles` of these. Throws `stale_head` if the
 * pull request has another head by now: Bitbucket shows a single diff, which anchors refer to.
 */
export async function placeRemarks(
  conversation: Conversation,
  { headSha }: Target,
  remarks: readonly Remark[],
  roomAtFiles: number,
): Promise<Map<Remark, InlineOutcome>> {
  const { headSha: present } = await factsOf(conversation.repository, conversation.number);
  if (present !== headSha) {
    throw new ProviderError('stale_head', `Bitbucket: pull request ${conversation.number} has another head now`);
  }
  const diff = await readDiff(conversation);
  const post = async (remark: Remark, placed: 'inline' | 'file', anchor: Anchor) => {
    const text = await remarkBody(conversation.repository, remark, placed);
    const comment = await conversation.create({ text, anchor }).catch(asRefused);
    return comment && conversation.urlOf(comment);
  };
  return placeEach(remarks, diff, roomAtFiles, {
    vendor: 'Bitbucket',
    maxAtFiles: MAX_REMARKS_AT_FILES,
    atLines: (remark, { file, lines }) => post(remark, 'inline', atLines(file, lines)),
    atFile: (remark, file) => post(remark, 'file', atFile(file)),
  });
}

/** Null if it is too large to be read. */
async function readDiff({ repository, number }: Conversation): Promise<UnifiedDiff | null> {
  const path = `${pullRequestPath(number)}.diff`;
  const text = await repository.text(path).catch(asTooLarge);
  if (text === null) return null;
  if (text !== '' && !text.startsWith('diff --git ')) throw unreadable(`GET ${path}`);
  return new UnifiedDiff(parseGitDiff(text));
}

/** Null if Bitbucket rejected the position or the text. */
const asRefused = nullIf((error) => hasStatus(error, 400) || hasCode(error, 'invalid_position'));
