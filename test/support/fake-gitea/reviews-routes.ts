import { userShape } from './account-routes.ts';
import { notFound, refusal, troubled } from './answer.ts';
import { shows } from './diff.ts';
import { type Call, type Context, PAGED, page, pullOf, repositoryOf, type Route } from './routes.ts';
import type { FakePull, FakeReview, FakeReviewComment } from './world.ts';

const ON = '/repos/{owner}/{repo}/pulls/{index}/reviews';
const LINE = { type: 'integer', minimum: 0 };
// CreatePullReviewOptions in Gitea's description of its API.
const REVIEW = {
  type: 'object',
  required: ['event', 'commit_id', 'comments'],
  additionalProperties: false,
  properties: {
    event: { enum: ['APPROVED', 'PENDING', 'COMMENT', 'REQUEST_CHANGES'] },
    commit_id: { type: 'string', pattern: '^[0-9a-f]{40}$' },
    body: { type: 'string' },
    comments: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['path', 'body', 'new_position', 'old_position'],
        additionalProperties: false,
        properties: {
          path: { type: 'string' },
          body: { type: 'string', minLength: 1 },
          new_position: LINE,
          old_position: LINE,
        },
      },
    },
  },
};

/** Reviews of a pull request and the comments in them. */
export const REVIEWS_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: ON,
    query: PAGED,
    scope: 'repository',
    handle(call, context) {
      const pull = pullOf(call, context);
      const isSeen = ({ state, author }: FakeReview) => state !== 'PENDING' || author === call.token.user;
      const answer = page(pull.reviews, call, context, (review) => review);
      const seen = (answer.body as FakeReview[]).filter(isSeen);
      // Gitea counts the reviews before it leaves out pending reviews of others.
      return { ...answer, body: seen.map((review) => reviewShape(review, pull, call, context)) };
    },
  },
  { method: 'POST', template: ON, body: REVIEW, scope: 'repository', handle: createReview },
  {
    method: 'DELETE',
    template: `${ON}/{id}`,
    scope: 'repository',
    handle(call, context) {
      const { reviews } = pullOf(call, context);
      const review = reviewOf(call, context);
      if (review.author !== call.token.user) throw refusal(403, '');
      reviews.splice(reviews.indexOf(review), 1);
      return { status: 204 };
    },
  },
  {
    method: 'GET',
    template: `${ON}/{id}/comments`,
    scope: 'repository',
    handle(call, context) {
      const review = reviewOf(call, context);
      // Gitea groups comments by path and line in Go maps, which have no order.
      const comments = [...review.comments].reverse();
      return { status: 200, body: comments.map((comment) => commentShape(comment, review, call, context)) };
    },
  },
  ...(['resolve', 'unresolve'] as const).map((how): Route => ({
    method: 'POST',
    template: `/repos/{owner}/{repo}/pulls/comments/{id}/${how}`,
    scope: 'repository',
    handle(call, context) {
      const { world } = context;
      if (!world.knowsResolve) throw notFound();
      const found = world.reviewComment(repositoryOf(call, context), Number(call.params['id']));
      if (!found) throw notFound();
      if (!world.mayResolve) throw refusal(403, 'no permission to resolve');
      found.comment.resolver = how === 'resolve' ? call.token.user : null;
      return { status: 204 };
    },
  })),
];

/** Adds the comments one by one to the user's pending review, and then submits all of that review. */
function createReview(call: Call, context: Context) {
  const { world, violations } = context;
  const pull = pullOf(call, context);
  const { user: author } = call.token;
  const wanted = call.body['comments'] as { path: string; body: string; new_position: number; old_position: number }[];
  if (wanted.some(({ body }) => body.length > world.maxRemark)) throw refusal(413, 'Request Entity Too Large');
  let review = pull.reviews.find(({ state, author: of }) => state === 'PENDING' && of === author);
  if (!review) {
    review = { id: world.nextId(), author, state: 'PENDING', body: '', commit: '', comments: [] };
    pull.reviews.push(review);
  }
  for (const [index, { path, body, new_position, old_position }] of wanted.entries()) {
    if (index >= world.breaksAfter) throw troubled();
    const line = old_position > 0 ? -old_position : new_position;
    if (!shows(pull.diff, path, line)) violations.push(`a remark at ${path}:${line}, which the diff does not show`);
    review.comments.push({ id: world.nextId(), author, body, path, line, resolver: null });
  }
  Object.assign(review, { state: call.body['event'], commit: call.body['commit_id'] });
  return { status: 200, body: reviewShape(review, pull, call, context) };
}

function reviewOf(call: Call, context: Context): FakeReview {
  const review = pullOf(call, context).reviews.find(({ id }) => id === Number(call.params['id']));
  const isHidden = review?.state === 'PENDING' && review.author !== call.token.user;
  if (!review || isHidden) throw notFound();
  return review;
}

function reviewShape(review: FakeReview, { number }: FakePull, call: Call, context: Context): object {
  const { id, state, body, commit: commit_id, comments, author } = review;
  const html_url = `${pageOf(number, call, context)}#issuecomment-${id}`;
  return { id, state, body, commit_id, comments_count: comments.length, user: userShape(author), html_url };
}

function commentShape(comment: FakeReviewComment, review: FakeReview, call: Call, context: Context): object {
  const { id, body, author, path, line, resolver } = comment;
  return {
    ...{ id, body, path, user: userShape(author), resolver: resolver && userShape(resolver) },
    ...{ position: Math.max(0, line), original_position: Math.max(0, -line), commit_id: review.commit },
    ...{ pull_request_review_id: review.id, diff_hunk: '' },
    html_url: `${pageOf(Number(call.params['index']), call, context)}#issuecomment-${id}`,
  };
}

function pageOf(number: number, call: Call, context: Context): string {
  const { owner, name } = repositoryOf(call, context);
  return `${context.url}/${owner}/${name}/pulls/${number}`;
}
