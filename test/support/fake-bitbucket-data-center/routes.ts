import type { Answer } from '../fake-vendor/answer.ts';
import type { DescribedRoute } from '../fake-vendor/route-table.ts';
import { notFound, notPermitted, refused } from './answer.ts';
import type { FakePullRequest, FakeRepository, FakeToken, World } from './world.ts';

/** A parsed request to a known route. */
export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** Null for an anonymous request. */
  readonly token: FakeToken | null;
}

export interface Context {
  readonly world: World;
  /** The base URL of the instance. */
  readonly url: string;
  readonly version: string;
}

/** A route from Atlassian's description of the API. The template begins at the context path. */
export interface Route extends DescribedRoute {
  /** The version that introduced the route. */
  readonly since?: string;
  handle(call: Call, context: Context): Answer;
}

export const REPOSITORY = '/rest/api/latest/projects/{project}/repos/{slug}';

/** A JSON Schema: Bitbucket counts UTF-16 units, JSON Schema code points. */
export function text(maxUnits: number) {
  return { type: 'string', maxUnits };
}

/** Compares numerically: version 7.10 is after 7.9. */
export function isSince(version: string, since = '0'): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = since.split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** One page of a list; `most` is an administrator's upper bound for `limit`. */
export function page<T>(items: readonly T[], { query }: Call, most: number, shape: (item: T) => unknown): Answer {
  const limit = Math.min(Number(query.get('limit') ?? 25), most);
  const start = Number(query.get('start') ?? 0);
  const values = items.slice(start, start + limit).map(shape);
  const isLastPage = start + limit >= items.length;
  const nextPageStart = isLastPage ? null : start + limit;
  return { status: 200, body: { size: values.length, limit, isLastPage, values, start, nextPageStart } };
}

/** Throws if the repository does not exist, or if the token may not see it. */
export function repositoryOf({ params, token }: Call, { world }: Context): FakeRepository {
  const repository = world.repository(params['project']!, params['slug']!);
  if (!token || repository.permission === null) throw notPermitted();
  return repository;
}

export function writable(call: Call, context: Context): FakeRepository {
  const repository = repositoryOf(call, context);
  if (!repository.archived) return repository;
  const message = 'The repository is archived: it is read-only.';
  throw refused(409, 'com.atlassian.bitbucket.repository.RepositoryArchivedException', message);
}

export function pullRequestOf(call: Call, repository: FakeRepository): FakePullRequest {
  const found = repository.pullRequests.get(Number(call.params['id']));
  if (!found) throw notFound('pull.NoSuchPullRequest');
  return found;
}
