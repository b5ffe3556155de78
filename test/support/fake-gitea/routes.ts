import type { Answer } from '../fake-vendor/answer.ts';
import type { DescribedRoute } from '../fake-vendor/route-table.ts';
import { notFound, refusal } from './answer.ts';
import type { FakePull, FakeRepository, FakeToken, World } from './world.ts';

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
  /** Input that Gitea silently accepts but shows nowhere. */
  readonly violations: string[];
}

/** A route from Gitea's description of its API. */
export interface Route extends DescribedRoute {
  /** The category of scopes; null for none. */
  readonly scope: 'user' | 'repository' | 'issue' | null;
  handle(call: Call, context: Context): Answer;
}

export const PAGED = ['page', 'limit'];
const DEFAULT_ITEMS = 30;

/** One page of a list; `wrap` embeds it into the answer. */
export function page<T>(
  items: readonly T[],
  { query }: Call,
  { world }: Context,
  shape: (item: T) => unknown,
  wrap: (shapes: readonly unknown[]) => unknown = (shapes) => shapes,
): Answer {
  const size = Math.min(Number(query.get('limit') ?? DEFAULT_ITEMS), world.maxItems);
  const number = Math.max(1, Number(query.get('page') ?? 1));
  const found = items.slice((number - 1) * size, number * size);
  const headers: Record<string, string> = world.hidesTotals ? {} : { 'x-total-count': String(items.length) };
  return { status: 200, headers, body: wrap(found.map(shape)) };
}

export function repositoryOf({ params }: Call, { world }: Context): FakeRepository {
  return world.repository(params['owner']!, params['repo']!);
}

export function pullOf(call: Call, context: Context): FakePull {
  const found = repositoryOf(call, context).pulls.get(Number(call.params['index']));
  if (!found) throw notFound();
  return found;
}

/** Throws 423 if the repository is read-only. Gitea checks this for comments, but not for reviews and statuses. */
export function allowChange({ archived, owner, name }: FakeRepository): void {
  if (archived) throw refusal(423, `${owner}/${name} is archived`);
}

/** Throws 403 unless the token has the scope: the read scope for a GET, otherwise the write scope. */
export function allowScope({ scopes }: FakeToken, { method, scope }: Route, { tellsScopes }: World): void {
  if (scope === null) return;
  const needed = `${method === 'GET' ? 'read' : 'write'}:${scope}`;
  if (['all', needed, `write:${scope}`].some((one) => scopes.includes(one))) return;
  const message = 'token does not have at least one of required scope(s)';
  if (tellsScopes) throw refusal(403, `${message}, required=[${needed}], token scope=${scopes.join(',')}`);
  throw refusal(403, `${message}: [${needed}]`);
}
