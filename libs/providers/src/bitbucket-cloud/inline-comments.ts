import {
  type AnnotationContext,
  type InlineCommentsRequest,
  type InlineCommentsResponse,
  type InlineOutcome,
  keepRemarks,
  NOT_SHOWN_WHEN_POSTED,
  placedRemark,
  ProviderError,
  type Remark,
  remarkSet,
  sameText,
} from '@integrations/provider-kit';
import type { BitbucketClient } from './client';
import { type Comment, commentsPath, commentUpdate, commentUrl, writeComment } from './comments';
import { ownAuthor } from './identity';
import { MAX_REMARKS_AT_FILES } from './limits';
import { remarkBody } from './marked-body';
import { readOwnRemarks } from './own-remarks';
import { placeRemarks } from './place-remarks';
import { RepositoryClient } from './repository';

/** Posts each remark as a comment, which starts a thread. */
export async function postInlineComments(
  client: BitbucketClient,
  request: InlineCommentsRequest,
  { upsertKey, signal }: AnnotationContext,
): Promise<InlineCommentsResponse> {
  const repository = new RepositoryClient(client, request, signal);
  const board = {
    maxAtFiles: MAX_REMARKS_AT_FILES,
    own: (group: string) => readOwnRemarks(repository, request.pullRequestNumber, group),
    bringUpToDate: (remark: Remark, comment: Comment) => bringUpToDate(repository, request, remark, comment),
    place: (remarks: readonly Remark[], room: number) => placeRemarks(repository, request, remarks, room),
    settle: (comment: Comment, how: 'resolve' | 'delete') => settle(repository, request, comment, how),
  };
  return keepRemarks(board, remarkSet('inline', upsertKey, request.comments), request.outdated);
}

/** Reopens a thread that we resolved. A thread that a person resolved stays resolved. */
async function bringUpToDate(
  repository: RepositoryClient,
  target: InlineCommentsRequest,
  remark: Remark,
  { id, content, inline, resolution }: Comment,
): Promise<InlineOutcome> {
  const placed = (inline?.to ?? inline?.from ?? null) === null ? 'file' : 'inline';
  const isOwn = await ownAuthor(repository.client, repository.signal);
  const reopens = resolution ? isOwn(resolution.user) : false;
  if (reopens) await repository.delete(resolutionPath(target, id));
  const body = remarkBody(remark, placed);
  const isSame = sameText(content?.raw ?? '', body);
  if (!isSame) await writeComment(repository, commentUpdate(target, id, body));
  const outcome = isSame && !reopens ? 'unchanged' : 'updated';
  const reason = placed === 'file' ? NOT_SHOWN_WHEN_POSTED : null;
  return placedRemark(remark, outcome, placed, commentUrl(repository, target, id), reason);
}

async function settle(
  repository: RepositoryClient,
  target: InlineCommentsRequest,
  { id, resolution }: Comment,
  policy: 'resolve' | 'delete',
): Promise<'settled' | 'was_settled' | 'refused'> {
  if (policy === 'delete') {
    await repository.delete(`${commentsPath(target)}/${id}`);
    return 'settled';
  }
  if (resolution) return 'was_settled';
  try {
    await repository.write({ method: 'POST', path: resolutionPath(target, id) });
    return 'settled';
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.httpStatus === 409) return 'was_settled';
    if (error.httpStatus === 403) return 'refused';
    throw error;
  }
}

function resolutionPath(target: InlineCommentsRequest, id: number): string {
  return `${commentsPath(target)}/${id}/resolve`;
}
