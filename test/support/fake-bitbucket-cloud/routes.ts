import type { Answer } from '../fake-vendor/answer.ts';
import type { DescribedRoute } from '../fake-vendor/route-table.ts';
import { notFound, refusal } from './answer.ts';
import type { FakeCommit, FakePullRequest, FakeRepository, FakeToken, World } from './world.ts';

/** A parsed request to a known route. */
export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly token: FakeToken;
  /** The URL as requested, possibly through a proxy. Links in answers begin with it. */
  readonly url: URL;
}

export interface Context {
  readonly world: World;
}

/** A route from Bitbucket's description of its API. */
export interface Route extends DescribedRoute {
  /** The required scope, by its OAuth name. Fine-grained scopes of API tokens include these. */
  readonly scope: 'account' | 'workspaces' | 'repository' | 'pullrequest';
  handle(call: Call, context: Context): Answer;
}

export const PAGED = ['page', 'pagelen'];
const MAX_PAGELEN = 100;

/** One page of a list, with the URL of the next page. */
export function page<T>(items: readonly T[], { query, url }: Call, shape: (item: T) => unknown): Answer {
  const pagelen = Number(query.get('pagelen') ?? 10);
  const number = Number(query.get('page') ?? 1);
  if (!(pagelen >= 1 && pagelen <= MAX_PAGELEN)) throw refusal(400, 'Invalid pagelen');
  if (!(number >= 1)) throw refusal(404, 'Invalid page');
  const next = new URL(url);
  next.searchParams.set('page', String(number + 1));
  const values = items.slice((number - 1) * pagelen, number * pagelen).map(shape);
  const hasMore = number * pagelen < items.length;
  return {
    status: 200,
    body: { values, pagelen, page: number, size: items.length, ...(hasMore ? { next: next.href } : {}) },
  };
}

export function repositoryOf({ params }: Call, { world }: Context): FakeRepository {
  return world.repository(params['workspace']!, params['repo']!);
}

export function pullRequestOf(call: Call, context: Context): FakePullRequest {
  const found = repositoryOf(call, context).pullRequests.get(Number(call.params['id']));
  if (!found) throw notFound(`Pull request ${call.params['id']}`);
  return found;
}

export function commitOf(call: Call, context: Context): FakeCommit {
  const found = repositoryOf(call, context).commits.get(call.params['commit']!);
  if (!found) throw notFound('Commit');
  return found;
}

/**
 * OAuth scopes with the scopes that they include. API tokens have their own names. `workspaces` here is part of `account` in
 * OAuth, and a separate scope for API tokens. https://developer.atlassian.com/cloud/bitbucket/rest/api-group-workspaces/
 */
const HOLDS: Readonly<Record<string, readonly string[]>> = {
  account: ['workspaces'],
  'repository:write': ['repository'],
  pullrequest: ['repository'],
  'pullrequest:write': ['pullrequest', 'repository'],
  'read:user:bitbucket': ['account'],
  'read:workspace:bitbucket': ['workspaces'],
  'read:repository:bitbucket': ['repository'],
  'read:pullrequest:bitbucket': ['pullrequest'],
};

/** Throws 403 unless the token has the scope that the route requires. */
export function allowScope({ scopes }: FakeToken, { scope }: Route): void {
  if (scopes.some((one) => one === scope || HOLDS[one]?.includes(scope))) return;
  const detail = { granted: scopes, required: [scope === 'workspaces' ? 'account' : scope] };
  throw refusal(403, 'Your credentials lack one or more required privilege scopes.', { detail });
}
