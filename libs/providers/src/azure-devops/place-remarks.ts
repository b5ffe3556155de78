import {
  type InlineComment,
  type InlineCommentsRequest,
  type InlineOutcome,
  placedRemark,
  ProviderError,
  type Remark,
  unplacedRemark,
} from '@integrations/provider-kit';
import { type ChangedFile, readChanges } from './changes';
import { remarkBody } from './marked-body';
import { iterationOf } from './pull-requests';
import type { RepositoryClient } from './repository';
import { type Thread, type ThreadContext, threadCreation, type ThreadPlace, threadUrl } from './threads';

export type Target = Pick<InlineCommentsRequest, 'pullRequestNumber' | 'headSha'>;

/**
 * Posts remarks that are not at Azure DevOps yet, each at its lines: of a file that the pull request changes every line
 * takes remarks. Answers with the outcome of each. Throws `stale_head` if the pull request never had that head.
 */
export async function placeRemarks(
  repository: RepositoryClient,
  { pullRequestNumber, headSha }: Target,
  remarks: readonly Remark[],
): Promise<Map<Remark, InlineOutcome>> {
  const iteration = await iterationOf(repository, pullRequestNumber, headSha);
  if (iteration === null) {
    const message = `Azure DevOps: pull request ${pullRequestNumber} has no iteration with that head`;
    throw new ProviderError('stale_head', message);
  }
  const changes = await readChanges(repository, pullRequestNumber, iteration);
  const outcomes = new Map<Remark, InlineOutcome>();
  for (const remark of remarks) {
    const file = changes.get(remark.comment.path);
    outcomes.set(
      remark,
      file
        ? await place(repository, pullRequestNumber, remark, placeOf(remark.comment, file, iteration))
        : unplacedRemark(remark, 'the pull request does not change the file'),
    );
  }
  return outcomes;
}

export function remarkCreation(
  pullRequest: number | string,
  remark: Remark,
  place: Partial<Record<keyof ThreadPlace, unknown>>,
) {
  return threadCreation(pullRequest, remarkBody(remark), 'active', place);
}

/** Of a file that is gone the lines are those of the left side, of all others those of the right. */
export function linesOf(
  { path, startLine, endLine }: Pick<InlineComment, 'path' | 'startLine' | 'endLine'>,
  isDeleted: boolean,
): ThreadContext {
  const at = (line: number) => ({ line, offset: 1 });
  const filePath = `/${path}`;
  return isDeleted
    ? { filePath, leftFileStart: at(startLine), leftFileEnd: at(endLine) }
    : { filePath, rightFileStart: at(startLine), rightFileEnd: at(endLine) };
}

/** Two iterations that are the same stand for the whole pull request, as it is with that iteration. */
function placeOf(comment: InlineComment, { changeTrackingId, isDeleted }: ChangedFile, iteration: number): ThreadPlace {
  const iterationContext = { firstComparingIteration: iteration, secondComparingIteration: iteration };
  return {
    threadContext: linesOf(comment, isDeleted),
    pullRequestThreadContext: { changeTrackingId, iterationContext },
  };
}

async function place(
  repository: RepositoryClient,
  pullRequestNumber: number,
  remark: Remark,
  at: ThreadPlace,
): Promise<InlineOutcome> {
  try {
    const { id } = await repository.write<Thread>(remarkCreation(pullRequestNumber, remark, at));
    return placedRemark(remark, 'created', 'inline', threadUrl(repository, pullRequestNumber, id), null);
  } catch (error) {
    if (!(error instanceof ProviderError) || error.httpStatus !== 400) throw error;
    return unplacedRemark(remark, 'Azure DevOps does not take the remark');
  }
}
