import type { Answer } from '../fake-vendor/answer.ts';
import type { DescribedRoute } from '../fake-vendor/route-table.ts';
import { needsPermission, refusal, unauthorized } from './answer.ts';
import { type FakeIdentity, type FakePullRequest, type FakeRepository, PERMISSIONS, type World } from './world.ts';

/** The scopes of personal access tokens. Scopes do not limit a service principal. */
export type Scope =
  'vso.project' | 'vso.build' | 'vso.code' | 'vso.code_write' | 'vso.code_status' | 'vso.threads_full';

export interface FakeCredential {
  readonly identity: FakeIdentity;
  scopes: readonly Scope[] | 'all';
  isExpired: boolean;
}

/** A parsed request to a known route. */
export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly credential: FakeCredential;
}

export interface Context {
  readonly world: World;
  /** The URL of the organization or collection. */
  readonly url: string;
}

/** A route from the description of the API. Every route also accepts `api-version`. */
export interface Route extends DescribedRoute {
  /** One of these scopes is enough; absent for any token. */
  readonly scopes?: readonly Scope[];
  /** True for a preview API, whose `api-version` has to say so. */
  readonly preview?: true;
  handle(call: Call, context: Context): Answer;
}

export const IN_REPOSITORY = '/{project}/_apis/git/repositories/{repository}';
export const ON_PULL_REQUEST = `${IN_REPOSITORY}/pullRequests/{pull}`;

/** A list as Azure DevOps wraps it. */
export function list(value: readonly unknown[]): Answer {
  return { status: 200, body: { count: value.length, value } };
}

/** A page of a list with `top` and `skip`, which some lists prefix with `$`. */
export function page<T>(items: readonly T[], { query }: Call, prefix: '$' | '', shape: (item: T) => unknown): Answer {
  const skip = Number(query.get(`${prefix}skip`) ?? 0);
  const top = Math.min(Number(query.get(`${prefix}top`) ?? 100), 1_000);
  return list(items.slice(skip, skip + top).map(shape));
}

export function repositoryOf({ params }: Call, { world }: Context): FakeRepository {
  return world.repository(params['project']!, params['repository']!);
}

export function pullRequestOf(call: Call, context: Context): FakePullRequest {
  const found = repositoryOf(call, context).pullRequests.get(Number(call.params['pull']));
  if (found) return found;
  throw refusal(404, 'GitPullRequestNotFoundException', 'TF401180: The requested pull request was not found.');
}

/** Throws 403 unless the account has the permission in the project. */
export function allow({ params }: Call, { world }: Context, permission: keyof typeof PERMISSIONS): void {
  const { permissions } = world.project(params['project']!);
  if ((permissions & PERMISSIONS[permission]) === 0) throw needsPermission(permission);
}

/** Throws 401 unless the token has one of the scopes. */
export function allowScope({ scopes, identity }: FakeCredential, route: Route): void {
  if (scopes === 'all' || !route.scopes) return;
  if (!route.scopes.some((scope) => scopes.includes(scope))) throw unauthorized(identity.id);
}

export function identityShape({ id, displayName, uniqueName }: FakeIdentity): object {
  return { id, displayName, uniqueName, url: '', imageUrl: '' };
}
