import {
  type InlineCommentsRequest,
  type InlineOutcome,
  isSuggestion,
  parseGitDiff,
  placedRemark,
  ProviderError,
  type Remark,
  type Spot,
  UnifiedDiff,
  unplacedRemark,
} from '@integrations/provider-kit';
import { type Anchor, atFile, atLines } from './anchors';
import type { Comment, Conversation } from './conversation';
import { unreadable } from './errors';
import { MAX_REMARKS_AT_FILES } from './limits';
import { remarkBody } from './remark-body';
import { factsOf, pullRequestPath } from './pull-requests';

export type Target = Pick<InlineCommentsRequest, 'owner' | 'repository' | 'pullRequestNumber' | 'headSha'>;

/** Posts a remark, or says why it cannot be. */
type Post = (remark: Remark, spot: Spot, hasRoom: boolean) => Promise<InlineOutcome>;

/**
 * Posts remarks that do not stand yet: each at its lines, else at its file, as long as there is `roomAtFiles`. Throws
 * `stale_head` if the pull request has another head by now: Bitbucket shows one diff, and anchors count in it.
 */
export async function placeRemarks(
  conversation: Conversation,
  { headSha }: Target,
  remarks: readonly Remark[],
  roomAtFiles: number,
): Promise<Map<Remark, InlineOutcome>> {
  const { headSha: present } = await factsOf(conversation.repository, conversation.number);
  if (present !== headSha) {
    throw new ProviderError('stale_head', `Bitbucket: pull request ${conversation.number} has another head by now`);
  }
  const diff = await readDiff(conversation);
  const post = postTo(conversation);
  const outcomes = new Map<Remark, InlineOutcome>();
  let room = roomAtFiles;
  for (const remark of remarks) {
    const outcome = await post(remark, spotOf(remark, diff), room > 0);
    if (outcome.placed === 'file') room -= 1;
    outcomes.set(remark, outcome);
  }
  return outcomes;
}

/** Null where it is too large to be read. */
async function readDiff({ repository, number }: Conversation): Promise<UnifiedDiff | null> {
  const path = `${pullRequestPath(number)}.diff`;
  try {
    const text = await repository.text(path);
    if (text !== '' && !text.startsWith('diff --git ')) throw unreadable(`GET ${path}`);
    return new UnifiedDiff(parseGitDiff(text));
  } catch (error) {
    if (error instanceof ProviderError && error.code === 'too_large') return null;
    throw error;
  }
}

function spotOf(remark: Remark, diff: UnifiedDiff | null): Spot {
  const { path } = remark.comment;
  if (diff) return diff.spotFor(path, remark.comment, isSuggestion(remark));
  const file = { path, oldPath: path, isDeleted: false, patch: '' };
  return { at: 'file', file, reason: 'the diff is too large to be read' };
}

function postTo(conversation: Conversation): Post {
  const create = async (remark: Remark, placed: 'inline' | 'file', anchor: Anchor): Promise<Comment | null> => {
    const text = await remarkBody(conversation.repository, remark, placed);
    return conversation.create({ text, anchor }).catch(asRefused);
  };
  return async (remark, spot, hasRoom) => {
    if (spot.at === 'nowhere') return unplacedRemark(remark, spot.reason);
    if (spot.at === 'lines') {
      const comment = await create(remark, 'inline', atLines(spot.file, spot.lines));
      if (comment) return placedRemark(remark, 'created', 'inline', conversation.urlOf(comment), spot.reason);
    }
    if (!hasRoom) return unplacedRemark(remark, `there are ${MAX_REMARKS_AT_FILES} remarks at files already`);
    const comment = await create(remark, 'file', atFile(spot.file));
    if (!comment) return unplacedRemark(remark, 'Bitbucket takes no remark on the file');
    const reason = spot.at === 'file' ? spot.reason : 'Bitbucket takes no remark on the line';
    return placedRemark(remark, 'created', 'file', conversation.urlOf(comment), reason);
  };
}

/** Null if it was refused for where it is to stand, or for what it says. */
function asRefused(error: unknown): null {
  const isAboutIt = error instanceof ProviderError && (error.httpStatus === 400 || error.code === 'invalid_position');
  if (isAboutIt) return null;
  throw error;
}
