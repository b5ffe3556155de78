import {
  hasStatus,
  type InlineComment,
  type InlineCommentsRequest,
  type InlineOutcome,
  isSuggestion,
  placedRemark,
  ProviderError,
  type Remark,
  unplacedRemark,
} from '@integrations/provider-kit';
import { type ChangedFile, readChanges } from './changes';
import { FileLines } from './file-lines';
import { remarkBody } from './marked-body';
import { iterationOf } from './pull-requests';
import type { RepositoryClient } from './repository';
import { type Thread, type ThreadContext, threadCreation, type ThreadPlace, threadUrl } from './threads';

export type Target = Pick<InlineCommentsRequest, 'pullRequestNumber' | 'headSha'>;

/**
 * Posts new remarks, each on its lines: in a file that the pull request changes, Azure DevOps accepts remarks on every
 * line. Returns the outcome of each. Throws `stale_head` if the pull request never had that head.
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
  const files = new FileLines(repository, headSha);
  const outcomes = new Map<Remark, InlineOutcome>();
  for (const remark of remarks) {
    const file = changes.get(remark.comment.path);
    outcomes.set(
      remark,
      file
        ? await place(repository, pullRequestNumber, remark, await placeOf(remark, file, iteration, files))
        : unplacedRemark(remark, 'the pull request does not change the file'),
    );
  }
  return outcomes;
}

export function remarkCreation(
  pullRequest: number | string,
  remark: Remark,
  place: Partial<Record<keyof ThreadPlace, unknown>>,
  isSuggestionOffered: boolean,
) {
  return threadCreation(pullRequest, remarkBody(remark, isSuggestionOffered), 'active', place);
}

/** The lines are on the left side of the diff for a deleted file, on the right side for any other. */
export function linesOf(
  { path, startLine, endLine }: Pick<InlineComment, 'path' | 'startLine' | 'endLine'>,
  isDeleted: boolean,
  endOffset = 1,
): ThreadContext {
  const start = { line: startLine, offset: 1 };
  const end = { line: endLine, offset: endOffset };
  const filePath = `/${path}`;
  return isDeleted
    ? { filePath, leftFileStart: start, leftFileEnd: end }
    : { filePath, rightFileStart: start, rightFileEnd: end };
}

/**
 * True if the range covers the remark's lines up to the end of the last one, so that a suggestion may be offered: Azure
 * DevOps replaces only the text between the offsets, so the rest of the last line would stay.
 */
export function mayOffer(
  { comment: { startLine, endLine } }: Remark,
  { rightFileStart: start, rightFileEnd: end }: Partial<ThreadContext>,
): boolean {
  return !!start && !!end && end.line - start.line === endLine - startLine && end.offset > 1;
}

/** Comparing an iteration with itself stands for the whole pull request as of that iteration. */
async function placeOf(
  remark: Remark,
  { changeTrackingId, isDeleted }: ChangedFile,
  iteration: number,
  files: FileLines,
): Promise<ThreadPlace> {
  const { comment } = remark;
  const isWhole = isSuggestion(remark) && !isDeleted;
  const lastLength = isWhole ? await files.lengthOf(comment.path, comment.endLine) : 0;
  const iterationContext = { firstComparingIteration: iteration, secondComparingIteration: iteration };
  return {
    threadContext: linesOf(comment, isDeleted, lastLength + 1),
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
    const creation = remarkCreation(pullRequestNumber, remark, at, mayOffer(remark, at.threadContext));
    const { id } = await repository.write<Thread>(creation);
    return placedRemark(remark, 'created', 'inline', threadUrl(repository, pullRequestNumber, id), null);
  } catch (error) {
    if (!hasStatus(error, 400)) throw error;
    return unplacedRemark(remark, 'Azure DevOps refuses the remark');
  }
}
