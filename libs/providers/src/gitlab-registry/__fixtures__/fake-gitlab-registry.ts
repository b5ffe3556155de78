import { FakeRegistry } from '../../../../../test/support/fake-registry';
import { type Answer, HttpAnswer } from '../../../../../test/support/fake-vendor/answer';
import type { LoggedRequest } from '../../../../../test/support/fake-vendor/faults';

export const USER = 'mona';
export const TOKEN = 'glpat-0123456789abcdefghij';
export const DEPLOY_USER = 'gitlab+deploy-token-7';
export const DEPLOY_TOKEN = 'gldt-0123456789abcdefghij';
export const REPOSITORY = 'acme/app';
export const TAG = 'stable';

/** The access token as GitLab describes it. */
export interface FakeToken {
  scopes: string[];
  /** For a fine-grained token, whose only scope is `granular`, such as `Container Repository: Read`. */
  permissions: string[];
  active: boolean;
  revoked: boolean;
  expires_at: string | null;
  /** What answers the request for the token itself; null if GitLab describes it. */
  refusal: HttpAnswer | null;
  /** Whether the path belongs to a group or a project. */
  ownerKind: 'groups' | 'projects';
  /** The actions that the registry allows on an image. */
  actions: readonly string[];
}

export interface FakeGitLabRegistry {
  readonly registry: FakeRegistry;
  readonly token: FakeToken;
}

const PAGE = 2;
const READING = ['read_api', 'api'];

/** GitLab and its registry on one port, without a catalog. `realm`: another address that issues the tokens. */
export async function startGitLabRegistry(realm?: string): Promise<FakeGitLabRegistry> {
  const token: FakeToken = {
    ...{ scopes: ['read_registry', 'read_api'], active: true, revoked: false, expires_at: null },
    ...{ permissions: [], refusal: null, ownerKind: 'groups', actions: ['pull'] },
  };
  const registry = await FakeRegistry.start({
    ...{ auth: 'token', users: { [USER]: TOKEN, [DEPLOY_USER]: DEPLOY_TOKEN } },
    // https://github.com/oras-project/oras-go/issues/1396
    ...{ hasCatalog: false, hasReferrers: false, takesTagsForDigests: true },
    ...(realm === undefined ? {} : { realm }),
    headers: { 'gitlab-container-registry-version': '4.30.0-gitlab' },
    grants: () => token.actions,
    api: (request, url) => api(request, url, registry, token),
  });
  for (const name of [REPOSITORY, 'acme/app/worker', 'acme/team/docs']) registry.repository(name).push(TAG);
  return { registry, token };
}

function api(request: LoggedRequest, url: URL, registry: FakeRegistry, token: FakeToken): Answer | null {
  const path = /^\/api\/v4(\/.*)$/.exec(request.path)?.[1];
  if (path === undefined) return null;
  const { authorization } = request.headers;
  if (authorization !== `Bearer ${TOKEN}`) throw new HttpAnswer(401, { message: '401 Unauthorized' });
  if (path === '/personal_access_tokens/self') {
    if (token.refusal) throw token.refusal;
    if (isFineGrained(token)) allow(token, 'Personal Access Token: Read');
    const { scopes, active, revoked, expires_at } = token;
    return { status: 200, body: { id: 42, name: 'reader', user_id: 7, scopes, active, revoked, expires_at } };
  }
  const kind = /^\/(groups|projects)\/acme\/registry\/repositories$/.exec(path)?.[1];
  if (isFineGrained(token)) {
    if (kind !== token.ownerKind) throw ungranted('Unable to determine boundaries for authorization');
    allow(token, 'Container Repository: Read');
  } else if (!token.scopes.some((scope) => READING.includes(scope))) {
    throw new HttpAnswer(403, { error: 'insufficient_scope', scope: 'api read_api' });
  }
  if (kind !== token.ownerKind) throw new HttpAnswer(404, { message: '404 Not Found' });
  return repositories(request, url, [...registry.repositories.keys()]);
}

function isFineGrained({ scopes }: FakeToken): boolean {
  return scopes.includes('granular');
}

/** https://docs.gitlab.com/auth/tokens/fine_grained_access_tokens_rest/ */
function allow({ permissions }: FakeToken, permission: string): void {
  if (permissions.includes(permission)) return;
  throw ungranted(`Access denied: Your Personal Access Token lacks the required permissions: [${permission}].`);
}

function ungranted(description: string): HttpAnswer {
  return new HttpAnswer(403, { error: 'insufficient_granular_scope', error_description: description });
}

function repositories(request: LoggedRequest, url: URL, names: readonly string[]): Answer {
  const page = Number(url.searchParams.get('page') ?? 1);
  const items = names.slice((page - 1) * PAGE, page * PAGE).map((path, index) => ({
    ...{ id: page * 100 + index, path, name: path === 'acme/app/worker' ? 'worker' : '', project_id: 3 },
    location: `${request.headers['host']}/${path}`,
  }));
  const next = `http://${request.headers['host']}${url.pathname}?page=${page + 1}&per_page=${PAGE}`;
  return {
    ...{ status: 200, body: items },
    headers: page * PAGE < names.length ? { link: `<${next}>; rel="next"` } : {},
  };
}
