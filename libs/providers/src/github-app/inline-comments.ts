import {
  type AnnotationContext,
  type InlineCommentsRequest,
  type InlineCommentsResponse,
  type InlineOutcome,
  isSettledText,
  keepRemarks,
  NOT_SHOWN_WHEN_POSTED,
  placedRemark,
  type Remark,
  remarkSet,
  sameText,
  settledText,
} from '@integrations/provider-kit';
import type { GitHubClient } from '../vendors/github/client';
import { MAX_FILE_COMMENTS } from './limits';
import { bodyMarkedAs, remarkBody } from './marked-body';
import { readOwnComments, type ReviewComment } from './own-comments';
import { RepositoryClient } from '../vendors/github/repository';
import { ReviewThreads } from './review-threads';
import { placeRemarks } from './reviews';

/** Posts each remark as a review comment. */
export async function postInlineComments(
  client: GitHubClient,
  request: InlineCommentsRequest,
  { upsertKey, signal }: AnnotationContext,
): Promise<InlineCommentsResponse> {
  const { owner, repository, pullRequestNumber } = request;
  const github = new RepositoryClient(client, { owner, repository, permission: 'pull_requests' }, signal);
  const login = await client.botLogin(signal);
  const threads = new ReviewThreads(client, request, signal);
  const board = {
    maxAtFiles: MAX_FILE_COMMENTS,
    own: (group: string) => readOwnComments(github, pullRequestNumber, group, login),
    bringUpToDate: (remark: Remark, comment: ReviewComment) => bringUpToDate(github, threads, remark, comment),
    place: (remarks: readonly Remark[], roomAtFiles: number) => placeRemarks(github, request, remarks, roomAtFiles),
    settle: (comment: ReviewComment, how: 'resolve' | 'delete') => settle(github, threads, comment, how),
  };
  return keepRemarks(board, remarkSet('inline', upsertKey, request.comments), request.outdated);
}

async function bringUpToDate(
  github: RepositoryClient,
  threads: ReviewThreads,
  remark: Remark,
  comment: ReviewComment,
): Promise<InlineOutcome> {
  const placed = comment.subject_type === 'file' ? 'file' : 'inline';
  const reason = placed === 'file' ? NOT_SHOWN_WHEN_POSTED : null;
  const body = remarkBody(remark, placed);
  if (sameText(comment.body, body)) return placedRemark(remark, 'unchanged', placed, comment.html_url, reason);
  if (isSettledText(comment.body)) await threads.reopen(comment);
  await github.patch(`/pulls/comments/${comment.id}`, { body });
  return placedRemark(remark, 'updated', placed, comment.html_url, reason);
}

async function settle(
  github: RepositoryClient,
  threads: ReviewThreads,
  comment: ReviewComment,
  policy: 'resolve' | 'delete',
): Promise<'settled' | 'was_settled'> {
  const path = `/pulls/comments/${comment.id}`;
  if (policy === 'delete') {
    await github.delete(path);
    return 'settled';
  }
  if (isSettledText(comment.body)) return 'was_settled';
  await threads.resolve(comment);
  // Last, because the settled text marks the whole step as done.
  await github.patch(path, { body: bodyMarkedAs(comment.body, settledText(comment.body)) });
  return 'settled';
}
