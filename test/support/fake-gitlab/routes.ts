import { type Answer, HttpAnswer } from '../fake-vendor/answer.ts';
import type { DescribedRoute } from '../fake-vendor/route-table.ts';
import { forbidden, notFound } from './answer.ts';
import type { FakeMergeRequest, FakeProject, FakeToken, World } from './world.ts';

/** A parsed request to a known route. */
export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly token: FakeToken;
}

export interface Context {
  readonly world: World;
  /** The base URL of the instance. */
  readonly url: string;
  readonly version: string;
}

/** A route from GitLab's documentation. */
export interface Route extends DescribedRoute {
  /** One of these scopes is enough. By default `api`, or `read_api` for reading. */
  readonly scopes?: readonly string[];
  /** The permission that a fine-grained token needs; absent for one that none of the tokens here has. */
  readonly permission?: string;
  /** Whether CI job tokens may use the route. */
  readonly job?: boolean;
  handle(call: Call, context: Context): Answer;
}

const MAX_PER_PAGE = 100;

/** One page of a list, with the headers of offset pagination. */
export function page<T>(items: readonly T[], { query }: Call, shape: (item: T) => unknown): Answer {
  const size = Math.min(Number(query.get('per_page') ?? 20), MAX_PER_PAGE);
  const number = Math.max(1, Number(query.get('page') ?? 1));
  const pages = Math.max(1, Math.ceil(items.length / size));
  return {
    status: 200,
    headers: {
      ...{ 'x-page': String(number), 'x-per-page': String(size), 'x-total': String(items.length) },
      ...{ 'x-total-pages': String(pages), 'x-prev-page': number > 1 ? String(number - 1) : '' },
      'x-next-page': number < pages ? String(number + 1) : '',
    },
    body: items.slice((number - 1) * size, number * size).map(shape),
  };
}

export function projectOf({ params }: Call, { world }: Context): FakeProject {
  return world.project(params['id']!);
}

export function mergeRequestOf(call: Call, context: Context): FakeMergeRequest {
  const found = projectOf(call, context).mergeRequests.get(Number(call.params['iid']));
  if (!found) throw notFound('Merge Request');
  return found;
}

/** Throws 403 unless the user may write to the project. */
export function allowWrite({ archived, accessLevel }: FakeProject, needed: number): void {
  if (archived || accessLevel < needed) throw forbidden();
}

/** Throws 403 unless the token has one of the scopes, or is a job token and the route accepts those. */
export function allowScope(token: FakeToken, route: Route): void {
  if (token.kind === 'job') {
    if (route.job) return;
    throw new HttpAnswer(403, { message: '403 Forbidden - This endpoint does not take CI job tokens' });
  }
  if (token.scopes.includes('granular')) return allowPermission(token, route);
  const wanted = route.scopes ?? (route.method === 'GET' ? ['api', 'read_api'] : ['api']);
  if (wanted.length === 0 || wanted.some((scope) => token.scopes.includes(scope))) return;
  throw new HttpAnswer(403, {
    error: 'insufficient_scope',
    error_description: 'The request requires higher privileges than provided by the access token.',
    scope: wanted.join(' '),
  });
}

/** https://docs.gitlab.com/auth/tokens/fine_grained_access_tokens_rest/ */
function allowPermission({ permissions }: FakeToken, { permission = 'another one' }: Route): void {
  if (permissions.includes(permission)) return;
  throw new HttpAnswer(403, {
    error: 'insufficient_granular_scope',
    error_description: `Access denied: Your Personal Access Token lacks the required permissions: [${permission}].`,
  });
}
