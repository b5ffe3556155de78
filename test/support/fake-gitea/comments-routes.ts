import { userShape } from './account-routes.ts';
import { notFound, refusal, troubled } from './answer.ts';
import { allowChange, type Call, type Context, repositoryOf, type Route } from './routes.ts';
import type { FakeComment, FakePull, FakeRepository } from './world.ts';

const REPOSITORY = '/repos/{owner}/{repo}';
const TEXT = {
  type: 'object',
  required: ['body'],
  additionalProperties: false,
  properties: { body: { type: 'string', minLength: 1 } },
};

/** Comments of pull requests, which this part of the API treats as issues. Remarks on lines can be edited here as well. */
export const COMMENTS_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: `${REPOSITORY}/issues/{index}/comments`,
    query: ['since', 'before'],
    scope: 'issue',
    handle(call, context) {
      const pull = issueOf(call, context);
      const body = pull.comments.map((comment) => commentShape(comment, pull, call, context));
      return { status: 200, headers: { 'x-total-count': String(body.length) }, body };
    },
  },
  {
    method: 'POST',
    template: `${REPOSITORY}/issues/{index}/comments`,
    body: TEXT,
    scope: 'issue',
    handle(call, context) {
      const repository = repositoryOf(call, context);
      allowChange(repository);
      const pull = issueOf(call, context);
      if (pull.locked && !repository.writable) throw refusal(403, 'You cannot comment on a locked issue.');
      const { user: author } = call.token;
      const comment = { id: context.world.nextId(), author, body: String(call.body['body']) };
      pull.comments.push(comment);
      return { status: 201, body: commentShape(comment, pull, call, context) };
    },
  },
  {
    method: 'GET',
    template: `${REPOSITORY}/issues/comments/{id}`,
    scope: 'issue',
    handle(call, context) {
      const found = commentOf(call, repositoryOf(call, context));
      if (!found) return remarkOf(call, context) && { status: 204 };
      return { status: 200, body: commentShape(found.comment, found.pull, call, context) };
    },
  },
  {
    method: 'PATCH',
    template: `${REPOSITORY}/issues/comments/{id}`,
    body: TEXT,
    scope: 'issue',
    handle(call, context) {
      const repository = repositoryOf(call, context);
      allowChange(repository);
      const found = commentOf(call, repository) ?? remarkOf(call, context);
      if (found.comment.author !== call.token.user && !repository.writable) throw refusal(403, '');
      found.comment.body = String(call.body['body']);
      return { status: 200, body: commentShape(found.comment, found.pull, call, context) };
    },
  },
];

/** Gitea answers 500, not 404, for a missing issue. */
function issueOf(call: Call, context: Context): FakePull {
  const pull = repositoryOf(call, context).pulls.get(Number(call.params['index']));
  if (!pull) throw troubled();
  return pull;
}

interface Found {
  readonly comment: FakeComment;
  readonly pull: FakePull;
}

function commentOf({ params }: Call, { pulls }: FakeRepository): Found | null {
  for (const pull of pulls.values()) {
    const comment = pull.comments.find(({ id }) => id === Number(params['id']));
    if (comment) return { comment, pull };
  }
  return null;
}

function remarkOf(call: Call, context: Context): Found {
  const repository = repositoryOf(call, context);
  const found = context.world.reviewComment(repository, Number(call.params['id']));
  const pull = [...repository.pulls.values()].find(({ reviews }) => found && reviews.includes(found.review));
  if (!found || !pull) throw notFound();
  return { comment: found.comment, pull };
}

function commentShape({ id, body, author }: FakeComment, { number }: FakePull, call: Call, context: Context): object {
  const { owner, name } = repositoryOf(call, context);
  const pull_request_url = `${context.url}/${owner}/${name}/pulls/${number}`;
  const html_url = `${pull_request_url}#issuecomment-${id}`;
  return { id, body, html_url, pull_request_url, issue_url: '', user: userShape(author), assets: [] };
}
