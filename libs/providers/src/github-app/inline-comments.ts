import {
  type AnnotationContext,
  type InlineCommentsRequest,
  type InlineCommentsResponse,
  type InlineOutcome,
  sameText,
} from '@integrations/provider-kit';
import type { GitHubClient } from './client';
import { MAX_FILE_COMMENTS } from './limits';
import { type OwnComments, readOwnComments, type ReviewComment } from './own-comments';
import { bodyAt, groupOf, isSettled, type Remark, remarksOf, settledBody } from './remark';
import { RepositoryClient } from './repository';
import { ReviewThreads } from './review-threads';
import { placeRemarks } from './reviews';

/**
 * Brings the remarks of an upsert key on a pull request up to date. Each carries a hidden marker, and only what the app
 * itself wrote counts, so that a rerun after a lost reply finds what got through. A remark that stands already stays
 * where it is: GitHub moves it along with its lines.
 */
export async function postInlineComments(
  client: GitHubClient,
  request: InlineCommentsRequest,
  { upsertKey, signal }: AnnotationContext,
): Promise<InlineCommentsResponse> {
  const { owner, repository, pullRequestNumber } = request;
  const github = new RepositoryClient(client, { owner, repository, permission: 'pull_requests' }, signal);
  const login = await client.botLogin(signal);
  const own = await readOwnComments(github, pullRequestNumber, groupOf(upsertKey), login);
  const threads = new ReviewThreads(github, pullRequestNumber);
  const remarks = remarksOf(request.comments, upsertKey);

  const outcomes = new Map<Remark, InlineOutcome>();
  for (const remark of remarks) {
    const comment = own.standing.get(remark.marker);
    if (comment) outcomes.set(remark, await bringUpToDate(github, threads, remark, comment));
  }
  const missing = remarks.filter((remark) => !outcomes.has(remark));
  const atFiles = [...outcomes.values()].filter(({ placed }) => placed === 'file').length;
  const placed = await placeRemarks(github, request, missing, MAX_FILE_COMMENTS - atFiles);

  const outdated = await retire(github, threads, outdatedOf(own, remarks), request.outdated);
  return { comments: remarks.map((remark) => (outcomes.get(remark) ?? placed.get(remark))!), outdated };
}

async function bringUpToDate(
  github: RepositoryClient,
  threads: ReviewThreads,
  remark: Remark,
  comment: ReviewComment,
): Promise<InlineOutcome> {
  const { fingerprint } = remark.comment;
  const placed = comment.subject_type === 'file' ? 'file' : 'inline';
  const reason = placed === 'file' ? 'the diff did not show the line when it was posted' : null;
  const body = bodyAt(remark, placed);
  if (sameText(comment.body, body)) {
    return { fingerprint, outcome: 'unchanged', placed, url: comment.html_url, reason };
  }
  if (isSettled(comment.body)) await threads.reopen(comment);
  await github.patch(`/pulls/comments/${comment.id}`, { body });
  return { fingerprint, outcome: 'updated', placed, url: comment.html_url, reason };
}

/** Ours that nothing asks for any more, but those that somebody answered: a conversation is not ours to end. */
function outdatedOf(own: OwnComments, remarks: readonly Remark[]): ReviewComment[] {
  const wanted = new Set(remarks.map(({ marker }) => marker));
  const unwanted = [...own.standing].filter(([marker]) => !wanted.has(marker)).map(([, comment]) => comment);
  return [...unwanted, ...own.surplus].filter(({ id }) => !own.answered.has(id));
}

/** Answers how many were settled now. */
async function retire(
  github: RepositoryClient,
  threads: ReviewThreads,
  comments: readonly ReviewComment[],
  policy: InlineCommentsRequest['outdated'],
): Promise<number> {
  if (policy === 'keep') return 0;
  let settled = 0;
  for (const comment of comments) {
    const path = `/pulls/comments/${comment.id}`;
    if (policy === 'delete') {
      await github.delete(path);
    } else {
      if (isSettled(comment.body)) continue;
      await threads.resolve(comment);
      // Last: it says that the rest is done.
      await github.patch(path, { body: settledBody(comment.body) });
    }
    settled += 1;
  }
  return settled;
}
