import { repositoryFor } from './access.ts';
import { GitHubRefusal, invalid, notFound } from './answer.ts';
import { pullOf } from './comments-routes.ts';
import { requireShown, type WantedComment } from './positions.ts';
import { changedFileShape, commentOfReviewShape, reviewCommentShape, reviewShape } from './review-shapes.ts';
import { type Call, type Context, page, type Route, text } from './routes.ts';
import type { Author, FakePull, FakeRepository, FakeReviewComment } from './world.ts';

const MAX_BODY = 65_536;
const PULL = '/repos/{owner}/{repo}/pulls/{pull_number}';
const ONE = '/repos/{owner}/{repo}/pulls/comments/{comment_id}';

/** The diff of a pull request, and the comments on its lines. */
export const REVIEWS_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: `${PULL}/files`,
    handle(call, context) {
      const { repository, pull, url } = placeOf(call, context, 'read');
      const { items, headers } = page(pull.files, call, `${url}/files`);
      return {
        status: 200,
        body: items.map((file) => changedFileShape(context.shapes, repository, file as never)),
        headers,
      };
    },
  },
  {
    method: 'GET',
    template: `${PULL}/comments`,
    handle(call, context) {
      const { repository, pull, url } = placeOf(call, context, 'read');
      const { items, headers } = page(pull.reviewComments, call, `${url}/comments`);
      const body = items.map((comment) => reviewCommentShape(context.shapes, repository, pull, comment as never));
      return { status: 200, body, headers };
    },
  },
  {
    method: 'POST',
    template: `${PULL}/comments`,
    handle(call, context) {
      const { repository, pull } = placeOf(call, context, 'write');
      refuseLocked(pull);
      const refuse = (what: string) => invalid('PullRequestReviewComment', 'pull_request_review_thread', what);
      requireCommit(repository, text(call.body['commit_id']), refuse);
      const wanted = call.body as unknown as WantedComment;
      bodyOf(wanted.body, refuse);
      requireShown(pull, wanted, refuse);
      const comment = add(context, pull, wanted, null);
      return { status: 201, body: reviewCommentShape(context.shapes, repository, pull, comment) };
    },
  },
  {
    method: 'POST',
    template: `${PULL}/reviews`,
    handle(call, context) {
      const { repository, pull } = placeOf(call, context, 'write');
      refuseLocked(pull);
      const commitId = text(call.body['commit_id']) ?? pull.headSha;
      requireCommit(repository, commitId, unprocessable);
      const wanted = (call.body['comments'] ?? []) as unknown as WantedComment[];
      const body = text(call.body['body']) ?? '';
      if (wanted.length === 0 && body === '') throw unprocessable('A review needs a body or comments');
      const state = text(call.body['event']) ? 'COMMENTED' : 'PENDING';
      if (pull.reviews.some((review) => review.state === 'PENDING')) {
        throw unprocessable('User can only have one pending review per pull request');
      }
      // All or nothing, and the error does not say which comment is invalid.
      for (const comment of wanted) {
        bodyOf(comment.body, unprocessable);
        requireShown(pull, comment, unprocessable);
      }
      const review = { id: context.world.nextId(), author: ourselves(context), body, state, commitId } as const;
      pull.reviews.push(review);
      for (const comment of wanted) add(context, pull, { ...comment, commit_id: commitId }, review.id);
      return { status: 200, body: reviewShape(context.shapes, repository, pull, review) };
    },
  },
  {
    method: 'GET',
    template: `${PULL}/reviews/{review_id}/comments`,
    handle(call, context) {
      const { repository, pull, url } = placeOf(call, context, 'read');
      const id = Number(call.params['review_id']);
      if (!pull.reviews.some((review) => review.id === id)) throw notFound();
      const found = pull.reviewComments.filter(({ reviewId }) => reviewId === id);
      const { items, headers } = page(found, call, `${url}/reviews/${id}/comments`);
      const body = items.map((comment) => commentOfReviewShape(context.shapes, repository, pull, comment as never));
      return { status: 200, body, headers };
    },
  },
  {
    method: 'PATCH',
    template: ONE,
    handle(call, context) {
      const { repository, pull, comment } = commentOf(call, context);
      comment.body = bodyOf(text(call.body['body']) ?? '', unprocessable);
      comment.updatedAt = new Date(context.now()).toISOString();
      return { status: 200, body: reviewCommentShape(context.shapes, repository, pull, comment) };
    },
  },
  {
    method: 'DELETE',
    template: ONE,
    handle(call, context) {
      const { pull, comment } = commentOf(call, context);
      pull.reviewComments.splice(pull.reviewComments.indexOf(comment), 1);
      return { status: 204 };
    },
  },
];

function placeOf(call: Call, context: Context, level: 'read' | 'write') {
  const repository = repositoryFor(call, context, level, 'pull_requests');
  const pull = pullOf(repository, call.params['pull_number']);
  return { repository, pull, url: `${context.shapes.repositoryUrl(repository)}/pulls/${pull.number}` };
}

function commentOf(call: Call, context: Context) {
  const repository = repositoryFor(call, context, 'write', 'pull_requests');
  for (const pull of repository.pulls.values()) {
    const comment = pull.reviewComments.find(({ id }) => id === Number(call.params['comment_id']));
    if (comment) return { repository, pull, comment };
  }
  throw notFound();
}

function add(context: Context, pull: FakePull, wanted: WantedComment, reviewId: number | null): FakeReviewComment {
  return context.world.addReviewComment(pull, {
    author: ourselves(context),
    body: wanted.body,
    path: wanted.path,
    line: wanted.line ?? null,
    startLine: wanted.start_line ?? null,
    side: wanted.side ?? 'RIGHT',
    subjectType: wanted.subject_type ?? 'line',
    reviewId,
    inReplyTo: null,
    commitId: wanted.commit_id ?? pull.headSha,
    createdAt: new Date(context.now()).toISOString(),
  });
}

function ourselves({ app }: Context): Author {
  return { login: `${app.slug}[bot]`, type: 'Bot', viaApp: true };
}

function refuseLocked(pull: FakePull): void {
  if (pull.locked) throw new GitHubRefusal(403, 'Unable to create comment because issue is locked.');
}

type Refuse = (what: string) => GitHubRefusal;

function requireCommit(repository: FakeRepository, sha: string | null, refuse: Refuse): void {
  if (sha === null || !repository.commits.has(sha)) throw refuse('commit_id is not part of the pull request');
}

function bodyOf(body: string, refuse: Refuse): string {
  if (body.trim() === '') throw refuse("Body can't be blank");
  if ([...body].length > MAX_BODY) throw refuse(`Body is too long (maximum is ${MAX_BODY} characters)`);
  return body;
}

function unprocessable(what: string): GitHubRefusal {
  return new GitHubRefusal(422, 'Unprocessable Entity', [what]);
}
