import { badRequest, refusal } from './answer.ts';
import {
  allow,
  type Call,
  type Context,
  identityShape,
  IN_REPOSITORY,
  list,
  ON_PULL_REQUEST,
  page,
  pullRequestOf,
  repositoryOf,
  type Route,
} from './routes.ts';
import type { FakeStatus } from './world.ts';

const READ = ['vso.code', 'vso.code_write', 'vso.code_status'] as const;
const WRITE = ['vso.code_write', 'vso.code_status'] as const;
const STATUS = {
  type: 'object',
  required: ['state', 'context'],
  additionalProperties: false,
  properties: {
    state: { enum: ['notSet', 'pending', 'succeeded', 'failed', 'error', 'notApplicable'] },
    description: { type: 'string' },
    targetUrl: { type: 'string' },
    context: {
      type: 'object',
      required: ['name'],
      additionalProperties: false,
      properties: { name: { type: 'string', minLength: 1 }, genre: { type: 'string' } },
    },
  },
};

/** Statuses of commits and of pull requests. Each one set is a new status, and the last one of a context counts. */
export const STATUSES_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: `${IN_REPOSITORY}/commits/{sha}/statuses`,
    query: ['top', 'skip', 'latestOnly'],
    scopes: READ,
    handle(call, context) {
      const all = statusesOf(call, context);
      const newest = new Map(all.map((one) => [`${one.genre}/${one.name}`, one]));
      return page(call.query.get('latestOnly') === 'true' ? [...newest.values()] : all, call, '', statusShape);
    },
  },
  {
    method: 'POST',
    template: `${IN_REPOSITORY}/commits/{sha}/statuses`,
    scopes: WRITE,
    body: STATUS,
    handle(call, context) {
      const statuses = statusesOf(call, context);
      allow(call, context, 'GenericContribute');
      const status = statusFrom(call, context, null);
      statuses.push(status);
      return { status: 201, body: statusShape(status) };
    },
  },
  {
    method: 'GET',
    template: `${ON_PULL_REQUEST}/statuses`,
    scopes: READ,
    handle: (call, context) => list(pullRequestOf(call, context).statuses.map(statusShape)),
  },
  {
    method: 'POST',
    template: `${ON_PULL_REQUEST}/statuses`,
    scopes: WRITE,
    body: { ...STATUS, properties: { ...STATUS.properties, iterationId: { type: 'integer', minimum: 1 } } },
    handle(call, context) {
      const { statuses, iterations, supportsIterations, status: state } = pullRequestOf(call, context);
      allow(call, context, 'PullRequestContribute');
      if (state !== 'active') {
        const message = 'TF401181: The pull request cannot be edited due to its state.';
        throw refusal(409, 'GitPullRequestCannotBeEditedException', message);
      }
      const iterationId = typeof call.body['iterationId'] === 'number' ? call.body['iterationId'] : null;
      if (iterationId !== null && !supportsIterations) {
        const message = 'The pull request status cannot be created: the pull request does not support iterations.';
        throw refusal(403, 'GitPullRequestStatusCannotBeCreatedException', message);
      }
      if (iterationId !== null && !iterations.some(({ id }) => id === iterationId)) throw badRequest('iterationId');
      const status = statusFrom(call, context, iterationId);
      statuses.push(status);
      return { status: 200, body: statusShape(status) };
    },
  },
];

function statusesOf(call: Call, context: Context): FakeStatus[] {
  const sha = call.params['sha']!;
  const found = repositoryOf(call, context).commits.get(sha);
  if (found) return found;
  const message = `TF401175: The version descriptor <Commit: ${sha}> could not be resolved to a version in the repository.`;
  throw refusal(404, 'GitUnresolvableToCommitException', message);
}

function statusFrom({ body, credential }: Call, { world }: Context, iterationId: number | null): FakeStatus {
  const { name, genre = '' } = body['context'] as { name: string; genre?: string };
  const text = (field: string) => (typeof body[field] === 'string' ? String(body[field]) : null);
  return {
    ...{ id: world.nextId(), createdBy: credential.identity, name, genre, iterationId },
    ...{ state: String(body['state']), description: text('description'), targetUrl: text('targetUrl') },
  };
}

function statusShape({ id, state, description, targetUrl, name, genre, createdBy, iterationId }: FakeStatus): object {
  return {
    ...(iterationId === null ? {} : { iterationId }),
    ...{ id, state, description, targetUrl, context: { name, genre }, createdBy: identityShape(createdBy) },
    creationDate: '2026-01-01T00:00:00Z',
  };
}
