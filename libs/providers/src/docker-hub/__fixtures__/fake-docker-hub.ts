import { randomBytes } from 'node:crypto';
import { FakeRegistry } from '../../../../../test/support/fake-registry';
import { type Answer, HttpAnswer } from '../../../../../test/support/fake-vendor/answer';
import type { LoggedRequest } from '../../../../../test/support/fake-vendor/faults';

export const USER = 'mona';
export const TOKEN = 'dckr_pat_0123456789abcdefghijklmnop';
export const ORGANIZATION = 'acme';
export const ORGANIZATION_TOKEN = 'dckr_oat_0123456789abcdefghijklmnop';
export const REPOSITORY = 'acme/app';
export const TAG = 'stable';

/** What Docker Hub reports about the account. */
export interface FakeHubState {
  /** The scope in the Hub's token; null for the kinds of credential that have none. */
  scope: string | null;
  /** The actions that the registry allows on an image. */
  actions: readonly string[];
  /** Null for an account without a limit. */
  quota: { readonly limit: number; readonly remaining: number; readonly source: string } | null;
}

export interface FakeDockerHub {
  readonly registry: FakeRegistry;
  readonly state: FakeHubState;
  /** Revokes all tokens, as if the Hub and the registry had changed their keys. */
  revokeAll(): void;
}

const USERS: Readonly<Record<string, string>> = { [USER]: TOKEN, [ORGANIZATION]: ORGANIZATION_TOKEN };
const PAGE = 2;
const PREVIEW = '/v2/ratelimitpreview/test/manifests/latest';

/** The registry, its token server and the Hub on one port. The registry has no catalog. */
export async function startDockerHub(): Promise<FakeDockerHub> {
  const quota = { limit: 200, remaining: 176, source: '212d1aa1-0424-4aa6-90a9-f86e8b990d37' };
  const state: FakeHubState = { scope: 'repo:read', actions: ['pull'], quota };
  const hub = new Set<string>();
  const registry = await FakeRegistry.start({
    ...{ auth: 'token', users: USERS, hasCatalog: false, hasReferrers: false },
    grants: (user, _type, name) => (user === null && name.startsWith('acme/') ? [] : state.actions),
    api: (request, url) => api(request, url, { registry, state, hub }),
  });
  for (const name of [REPOSITORY, 'acme/tools', 'acme/docs', 'library/alpine']) registry.repository(name).push(TAG);
  const revokeAll = () => {
    hub.clear();
    registry.access.revokeAll();
  };
  return { registry, state, revokeAll };
}

interface Hub {
  readonly registry: FakeRegistry;
  readonly state: FakeHubState;
  /** The Hub's valid tokens. */
  readonly hub: Set<string>;
}

function api(request: LoggedRequest, url: URL, fake: Hub): Answer | null {
  const { method, path } = request;
  if (path === PREVIEW) return preview(request, fake);
  if (path === '/v2/auth/token' && method === 'POST') return login(request, fake);
  const namespace = /^\/v2\/namespaces\/([^/]+)\/repositories$/.exec(path)?.[1];
  return namespace === undefined ? null : repositories(request, url, namespace, fake);
}

function preview(request: LoggedRequest, { registry, state: { quota } }: Hub): Answer {
  if (request.method !== 'HEAD') throw new HttpAnswer(500, 'this would have been a pull');
  const realm = `http://${request.headers['host']}/token`;
  registry.access.check(request, realm, 'repository:ratelimitpreview/test:pull');
  if (!quota) return { status: 200 };
  const headers = {
    'ratelimit-limit': `${quota.limit};w=21600`,
    'ratelimit-remaining': `${quota.remaining};w=21600`,
    'docker-ratelimit-source': quota.source,
  };
  return { status: 200, headers };
}

function login(request: LoggedRequest, { registry, state, hub }: Hub): Answer {
  const { identifier = '', secret } = (request.body ?? {}) as { identifier?: string; secret?: string };
  if (secret === undefined || USERS[identifier] !== secret) {
    throw new HttpAnswer(401, { message: 'incorrect authentication credentials' });
  }
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const iat = Math.floor(Date.now() / 1_000);
  const claims = {
    ...{ aud: 'https://hub.docker.com', iss: 'https://api.docker.com/', iat, exp: iat + 600 },
    'https://hub.docker.com': { username: identifier, source: 'docker_pat|212d1aa1', roles: [] },
    ...(state.scope === null ? {} : { scope: state.scope }),
  };
  const token = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${randomBytes(32).toString('base64url')}`;
  hub.add(token);
  registry.access.issued.push(token);
  return { status: 200, body: { access_token: token } };
}

function repositories(request: LoggedRequest, url: URL, namespace: string, { registry, hub }: Hub): Answer {
  const { authorization } = request.headers;
  if (authorization !== undefined && !hub.has(String(authorization).replace(/^Bearer /, ''))) {
    throw new HttpAnswer(401, { message: 'unauthorized', errinfo: {} });
  }
  const page = Number(url.searchParams.get('page') ?? 1);
  const isPrivate = namespace === 'acme';
  const names = [...registry.repositories.keys()].filter(
    (name) => name.startsWith(`${namespace}/`) && (!isPrivate || authorization !== undefined),
  );
  const results = names.slice((page - 1) * PAGE, page * PAGE).map((name) => ({
    ...{ name: name.replace(/^.*\//, ''), namespace, repository_type: 'image', status: 1, is_private: isPrivate },
  }));
  const next = `http://${request.headers['host']}${url.pathname}?page=${page + 1}&page_size=100`;
  const hasMore = page * PAGE < names.length;
  return { status: 200, body: { count: names.length, next: hasMore ? next : null, previous: null, results } };
}
