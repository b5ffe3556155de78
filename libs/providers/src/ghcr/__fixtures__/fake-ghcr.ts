import { FakeRegistry } from '../../../../../test/support/fake-registry';
import { type Answer, HttpAnswer } from '../../../../../test/support/fake-vendor/answer';
import type { LoggedRequest } from '../../../../../test/support/fake-vendor/faults';

export const TOKEN = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';
export const REPOSITORY = 'acme/app';
export const TAG = 'stable';

/** The token and its owner as GitHub reports them. */
export interface FakeGitHubUser {
  scopes: string;
  expiration: string | null;
  /** True for the token of a workflow run. */
  isBot: boolean;
  /** Whether the packages belong to an organization or a user. */
  ownerKind: 'orgs' | 'users';
  /** True if the hour's calls are used up. */
  isLimited: boolean;
  /** The registry's answer to a request for referrers. */
  insteadOfReferrers: HttpAnswer;
}

export interface FakeGhcr {
  readonly registry: FakeRegistry;
  readonly user: FakeGitHubUser;
}

const PAGE = 2;
/** GHCR treats the referrers' path as a package. https://github.com/artifacthub/hub/issues/4785 */
export const REFERRERS_PAGE = new HttpAnswer(303, '', {
  location: 'https://github.com/-/v2/packages/container/package/acme%2Fapp%2Freferrers%2Fsha256',
});
/** GHCR treats the referrers' path as a manifest. https://github.com/artifact-keeper/artifact-keeper/issues/3559 */
export const REFERRERS_UNKNOWN = new HttpAnswer(404, {
  errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }],
});

/** The GHCR of a GitHub Enterprise Server and its API on one port: opaque tokens, no catalog, no referrers. */
export async function startGhcr(): Promise<FakeGhcr> {
  const user: FakeGitHubUser = {
    ...{ scopes: 'read:packages', expiration: null, isBot: false, ownerKind: 'orgs', isLimited: false },
    insteadOfReferrers: REFERRERS_PAGE,
  };
  const registry = await FakeRegistry.start({
    ...{ auth: 'token', tokens: 'opaque', users: { integrations: TOKEN } },
    ...{ hasCatalog: false, hasReferrers: false, insteadOfReferrers: () => user.insteadOfReferrers },
    api: (request, url) => api(request, url, registry, user),
  });
  for (const name of [REPOSITORY, 'acme/team/tools', 'acme/docs']) registry.repository(name).push(TAG);
  return { registry, user };
}

function api(request: LoggedRequest, url: URL, registry: FakeRegistry, user: FakeGitHubUser): Answer | null {
  const [, path] = /^\/api\/v3(\/.*)$/.exec(request.path) ?? [];
  if (path === undefined) return null;
  if (request.headers['authorization'] !== `Bearer ${TOKEN}`) throw refusal(401, 'Bad credentials');
  if (user.isLimited) {
    const reset = String(Math.floor(Date.now() / 1_000) + 600);
    return {
      ...{ status: 403, body: { message: 'API rate limit exceeded for user ID 1.' } },
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset },
    };
  }
  if (path === '/user') {
    if (user.isBot) throw refusal(403, 'Resource not accessible by integration');
    return {
      ...{ status: 200, body: { id: 1, login: 'mona' } },
      headers: {
        'x-oauth-scopes': user.scopes,
        ...(user.expiration ? { 'github-authentication-token-expiration': user.expiration } : {}),
      },
    };
  }
  if (path !== `/${user.ownerKind}/acme/packages`) throw refusal(404, 'Not Found');
  if (url.searchParams.get('package_type') !== 'container') throw refusal(422, 'package_type is missing');
  return packages(request, url, [...registry.repositories.keys()]);
}

function packages(request: LoggedRequest, url: URL, names: readonly string[]): Answer {
  const page = Number(url.searchParams.get('page') ?? 1);
  const items = names.slice((page - 1) * PAGE, page * PAGE).map((name, index) => ({
    ...{ id: page * 100 + index, name: name.replace(/^acme\//, ''), package_type: 'container', visibility: 'private' },
    html_url: `https://github.com/orgs/acme/packages/container/package/${encodeURIComponent(name)}`,
  }));
  const next = `http://${request.headers['host']}${url.pathname}?package_type=container&per_page=${PAGE}&page=${page + 1}`;
  return {
    ...{ status: 200, body: items },
    headers: page * PAGE < names.length ? { link: `<${next}>; rel="next", <${next}>; rel="last"` } : {},
  };
}

function refusal(status: number, message: string): HttpAnswer {
  return new HttpAnswer(status, { message, documentation_url: 'https://docs.github.com/rest' });
}
