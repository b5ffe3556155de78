import { repositoryFor } from './access.ts';
import { GitHubRefusal, invalid, notFound } from './answer.ts';
import { type Call, type Context, page, type Route, text } from './routes.ts';
import type { FakePull, FakeRepository } from './world.ts';

// Not in the description; GitHub states it in its 422.
const MAX_BODY = 65_536;
const PERMISSIONS = ['pull_requests', 'issues'];
const OF_PULL = '/repos/{owner}/{repo}/issues/{issue_number}/comments';
const ONE = '/repos/{owner}/{repo}/issues/comments/{comment_id}';

/** Pull requests and the comments in their conversations. */
export const COMMENTS_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: '/repos/{owner}/{repo}/pulls/{pull_number}',
    handle(call, context) {
      const repository = repositoryFor(call, context, 'read', 'pull_requests');
      return { status: 200, body: context.shapes.pull(repository, pullOf(repository, call.params['pull_number'])) };
    },
  },
  {
    method: 'GET',
    template: OF_PULL,
    handle(call, context) {
      const repository = repositoryFor(call, context, 'read', ...PERMISSIONS);
      const pull = pullOf(repository, call.params['issue_number']);
      const url = `${context.shapes.repositoryUrl(repository)}/issues/${pull.number}/comments`;
      const { items, headers } = page(pull.comments, call, url);
      const body = items.map((comment) => context.shapes.comment(repository, pull, comment as never));
      return { status: 200, body, headers };
    },
  },
  {
    method: 'POST',
    template: OF_PULL,
    handle(call, context) {
      const repository = repositoryFor(call, context, 'write', ...PERMISSIONS);
      const pull = pullOf(repository, call.params['issue_number']);
      if (pull.locked) throw new GitHubRefusal(403, 'Unable to create comment because issue is locked.');
      const author = { login: `${context.app.slug}[bot]`, type: 'Bot', viaApp: true } as const;
      const comment = context.world.addComment(repository, pull, author, bodyOf(call), at(context));
      return { status: 201, body: context.shapes.comment(repository, pull, comment) };
    },
  },
  {
    method: 'GET',
    template: ONE,
    handle(call, context) {
      const { repository, pull, comment } = commentOf(call, context, 'read');
      return { status: 200, body: context.shapes.comment(repository, pull, comment) };
    },
  },
  {
    method: 'PATCH',
    template: ONE,
    handle(call, context) {
      const { repository, pull, comment } = commentOf(call, context, 'write');
      comment.body = bodyOf(call);
      comment.updatedAt = at(context);
      return { status: 200, body: context.shapes.comment(repository, pull, comment) };
    },
  },
  {
    method: 'DELETE',
    template: ONE,
    handle(call, context) {
      context.world.deleteComment(commentOf(call, context, 'write').comment.id);
      return { status: 204 };
    },
  },
];

function commentOf(call: Call, context: Context, level: 'read' | 'write') {
  const repository = repositoryFor(call, context, level, ...PERMISSIONS);
  const found = context.world.comments.get(Number(call.params['comment_id']));
  if (!found || found.repository !== repository) throw notFound();
  return found;
}

export function pullOf(repository: FakeRepository, number: string | undefined): FakePull {
  const pull = repository.pulls.get(Number(number));
  if (!pull) throw notFound();
  return pull;
}

function bodyOf(call: Call): string {
  const body = text(call.body['body']) ?? '';
  if (body.trim() === '') throw invalid('IssueComment', 'body', 'body cannot be blank');
  if ([...body].length > MAX_BODY) {
    throw invalid('IssueComment', 'data', `Body is too long (maximum is ${MAX_BODY} characters)`);
  }
  return body;
}

function at(context: Context): string {
  return new Date(context.now()).toISOString();
}
