import {
  asTooLarge,
  hasStatus,
  type InlineCommentsRequest,
  type InlineOutcome,
  nullIf,
  parseGitDiff,
  placeEach,
  type Remark,
  UnifiedDiff,
} from '@integrations/provider-kit';
import { commentCreation, commentUrl, writeComment } from './comments';
import { MAX_REMARKS_AT_FILES } from './limits';
import { remarkBody } from './marked-body';
import { atLines, type Place } from './places';
import { expectHead, pullRequestPath } from './pull-requests';
import type { RepositoryClient } from './repository';

/**
 * Posts new remarks: each on its lines, otherwise on its file, up to `roomAtFiles` of these. Returns the outcome of
 * each. Throws `stale_head` if the pull request has another head.
 */
export async function placeRemarks(
  repository: RepositoryClient,
  target: InlineCommentsRequest,
  remarks: readonly Remark[],
  roomAtFiles: number,
): Promise<Map<Remark, InlineOutcome>> {
  await expectHead(repository, target);
  const diff = await readDiff(repository, target);
  const post = async (remark: Remark, placed: 'inline' | 'file', at: Place) => {
    const creation = commentCreation(target, remarkBody(remark, placed), at);
    const comment = await writeComment(repository, creation).catch(asRefused);
    return comment && commentUrl(repository, target, comment.id);
  };
  return placeEach(remarks, diff, roomAtFiles, {
    vendor: 'Bitbucket',
    maxAtFiles: MAX_REMARKS_AT_FILES,
    atLines: (remark, { file, lines }) => post(remark, 'inline', atLines(file, lines)),
    atFile: (remark, { path }) => post(remark, 'file', { path }),
  });
}

/** Null if it is too large to be read. */
async function readDiff(repository: RepositoryClient, target: InlineCommentsRequest): Promise<UnifiedDiff | null> {
  const text = await repository.diff(`${pullRequestPath(target)}/diff`).catch(asTooLarge);
  return text === null ? null : new UnifiedDiff(parseGitDiff(text));
}

/** Null if Bitbucket rejected the position or the text. */
const asRefused = nullIf((error) => hasStatus(error, 400));
