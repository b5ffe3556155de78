import {
  type DiffFile,
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
import { commentCreation, commentUrl, writeComment } from './comments';
import { MAX_REMARKS_AT_FILES } from './limits';
import { remarkBody } from './marked-body';
import { atLines, type Place } from './places';
import { expectHead, pullRequestPath } from './pull-requests';
import type { RepositoryClient } from './repository';

/**
 * Posts remarks that are not at Bitbucket yet: each at its lines, else at its file, as long as there is `roomAtFiles`.
 * Answers with the outcome of each. Throws `stale_head` if the pull request has another head.
 */
export async function placeRemarks(
  repository: RepositoryClient,
  target: InlineCommentsRequest,
  remarks: readonly Remark[],
  roomAtFiles: number,
): Promise<Map<Remark, InlineOutcome>> {
  await expectHead(repository, target);
  const diff = await readDiff(repository, target);
  const outcomes = new Map<Remark, InlineOutcome>();
  let room = roomAtFiles;
  for (const remark of remarks) {
    const outcome = await place(repository, target, remark, spotOf(remark, diff), room > 0);
    if (outcome.placed === 'file') room -= 1;
    outcomes.set(remark, outcome);
  }
  return outcomes;
}

/** Null where it is too large to be read. */
async function readDiff(repository: RepositoryClient, target: InlineCommentsRequest): Promise<UnifiedDiff | null> {
  try {
    return new UnifiedDiff(parseGitDiff(await repository.diff(`${pullRequestPath(target)}/diff`)));
  } catch (error) {
    if (error instanceof ProviderError && error.code === 'too_large') return null;
    throw error;
  }
}

function spotOf(remark: Remark, diff: UnifiedDiff | null): Spot {
  const { path } = remark.comment;
  if (diff) return diff.spotFor(path, remark.comment, isSuggestion(remark));
  const file: DiffFile = { path, oldPath: path, isDeleted: false, patch: '' };
  return { at: 'file', file, reason: 'the diff is too large to be read' };
}

async function place(
  repository: RepositoryClient,
  target: InlineCommentsRequest,
  remark: Remark,
  spot: Spot,
  hasRoom: boolean,
): Promise<InlineOutcome> {
  const post = async (placed: 'inline' | 'file', at: Place, reason: string | null) => {
    const creation = commentCreation(target, remarkBody(remark, placed), at);
    const comment = await writeComment(repository, creation).catch(asRefused);
    return comment && placedRemark(remark, 'created', placed, commentUrl(repository, target, comment.id), reason);
  };
  if (spot.at === 'nowhere') return unplacedRemark(remark, spot.reason);
  if (spot.at === 'lines') {
    const outcome = await post('inline', atLines(spot.file, spot.lines), spot.reason);
    if (outcome) return outcome;
  }
  if (!hasRoom) return unplacedRemark(remark, `there are ${MAX_REMARKS_AT_FILES} remarks at files already`);
  const reason = spot.at === 'file' ? spot.reason : 'Bitbucket takes no remark on the line';
  const outcome = await post('file', { path: spot.file.path }, reason);
  return outcome ?? unplacedRemark(remark, 'Bitbucket takes no remark on the file');
}

/** Null if it was refused for where it is to stand, or for what it says. */
function asRefused(error: unknown): null {
  if (error instanceof ProviderError && error.httpStatus === 400) return null;
  throw error;
}
