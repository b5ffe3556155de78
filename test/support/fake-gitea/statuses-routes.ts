import { notFound, refusal } from './answer.ts';
import { userShape } from './account-routes.ts';
import { type Call, type Context, page, PAGED, repositoryOf, type Route } from './routes.ts';
import type { FakeStatus } from './world.ts';

const REPOSITORY = '/repos/{owner}/{repo}';

/** Commit statuses. All are kept, and the newest of each context counts. */
export const STATUSES_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: `${REPOSITORY}/commits/{sha}/status`,
    query: PAGED,
    scope: 'repository',
    handle(call, context) {
      const newest = new Map(commitOf(call, context).map((status) => [status.context, status]));
      return page([...newest.values()], call, context, statusShape, (statuses) => ({
        ...{ state: 'pending', sha: call.params['sha'], total_count: statuses.length },
        // Go writes an uninitialised list as null.
        statuses: statuses.length > 0 ? statuses : null,
      }));
    },
  },
  {
    method: 'POST',
    template: `${REPOSITORY}/statuses/{sha}`,
    scope: 'repository',
    body: {
      type: 'object',
      required: ['state', 'context'],
      additionalProperties: false,
      properties: {
        state: { enum: ['pending', 'success', 'error', 'failure', 'warning'] },
        context: { type: 'string', minLength: 1 },
        description: { type: 'string' },
        target_url: { type: 'string' },
      },
    },
    handle(call, context) {
      const repository = repositoryOf(call, context);
      const statuses = commitOf(call, context);
      if (!repository.writable) throw refusal(403, 'user should have a permission to write to a repo');
      const text = (field: string) => String(call.body[field] ?? '');
      const made: FakeStatus = {
        ...{ id: context.world.nextId(), author: call.token.user, state: text('state'), context: text('context') },
        ...{ description: text('description'), targetUrl: text('target_url') },
      };
      statuses.push(made);
      return { status: 201, body: statusShape(made) };
    },
  },
];

function commitOf(call: Call, context: Context): FakeStatus[] {
  const commit = repositoryOf(call, context).commits.get(call.params['sha']!);
  if (!commit) throw notFound();
  return commit;
}

/** The field is `state` in requests, and `status` in answers. */
function statusShape({ id, state: status, context, description, targetUrl, author }: FakeStatus): object {
  return { id, status, context, description, target_url: targetUrl, url: '', creator: userShape(author) };
}
