import type { Shapes } from './shapes.ts';
import type { FakeChangedFile, FakePull, FakeRepository, FakeReview, FakeReviewComment } from './world.ts';

/** A review comment as the pull request lists it. */
export function reviewCommentShape(
  shapes: Shapes,
  repository: FakeRepository,
  pull: FakePull,
  comment: FakeReviewComment,
): object {
  const { id, author, body, path, createdAt, updatedAt, reviewId, commitId, inReplyTo } = comment;
  const api = shapes.repositoryUrl(repository);
  const url = `${api}/pulls/comments/${id}`;
  const html = reviewCommentUrl(shapes, repository, pull, comment);
  const pullUrl = `${api}/pulls/${pull.number}`;
  return {
    ...{ id, node_id: `PRRC_${id}`, url, html_url: html, pull_request_url: pullUrl, pull_request_review_id: reviewId },
    ...{ body, path, user: shapes.user(author.login, author.type), author_association: 'NONE' },
    ...{ created_at: createdAt, updated_at: updatedAt, commit_id: commitId, original_commit_id: commitId },
    ...{ diff_hunk: '', subject_type: comment.subjectType, side: comment.side, start_line: comment.startLine },
    ...(comment.line === null ? {} : { line: comment.line, original_line: comment.line, position: 1 }),
    ...(inReplyTo === null ? {} : { in_reply_to_id: inReplyTo }),
    _links: { self: { href: url }, html: { href: html }, pull_request: { href: pullUrl } },
  };
}

/** The same as its review lists it. */
export function commentOfReviewShape(...args: Parameters<typeof reviewCommentShape>): object {
  return { position: null, original_position: 1, ...reviewCommentShape(...args) };
}

export function reviewCommentUrl(
  shapes: Shapes,
  repository: FakeRepository,
  pull: FakePull,
  { id }: FakeReviewComment,
): string {
  return `${shapes.repositoryUrl(repository)}/pull/${pull.number}#discussion_r${id}`;
}

export function reviewShape(shapes: Shapes, repository: FakeRepository, pull: FakePull, review: FakeReview): object {
  const { id, author, body, state, commitId } = review;
  const url = `${shapes.repositoryUrl(repository)}/pulls/${pull.number}`;
  const html = `${url}#pullrequestreview-${id}`;
  return {
    ...{ id, node_id: `PRR_${id}`, user: shapes.user(author.login, author.type), body, state, commit_id: commitId },
    ...{ html_url: html, pull_request_url: url, author_association: 'NONE' },
    _links: { html: { href: html }, pull_request: { href: url } },
  };
}

export function changedFileShape(shapes: Shapes, repository: FakeRepository, file: FakeChangedFile): object {
  const url = `${shapes.repositoryUrl(repository)}/contents/${encodeURIComponent(file.filename)}`;
  return {
    ...{ sha: '0'.repeat(40), filename: file.filename, status: file.status ?? 'modified' },
    ...{ additions: 1, deletions: 0, changes: 1, blob_url: url, raw_url: url, contents_url: url },
    ...(file.patch === undefined ? {} : { patch: file.patch }),
  };
}
