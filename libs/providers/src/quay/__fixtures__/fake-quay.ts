import { FakeRegistry } from '../../../../../test/support/fake-registry';
import { type Answer, HttpAnswer } from '../../../../../test/support/fake-vendor/answer';
import type { LoggedRequest } from '../../../../../test/support/fake-vendor/faults';

export const ROBOT = 'acme+reader';
export const OAUTH = '$oauthtoken';
export const SECRET = 'ROBOT0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const REPOSITORY = 'acme/app';
export const TAG = 'stable';

export interface QuayState {
  /** The actions that the credential may perform on every repository. */
  granted: string[];
  /** Services that are reported as failing. */
  readonly failing: string[];
  /** False if a proxy in front of Quay hides its health. */
  showsHealth: boolean;
  /** Repositories that Quay created because somebody asked for a token to push to them. */
  readonly created: string[];
}

export interface FakeQuay {
  readonly registry: FakeRegistry;
  readonly state: QuayState;
}

const NAMES = [REPOSITORY, 'acme/docs', 'acme/tools', 'other/base'];
const PER_PAGE = 2;
/** The only scopes that Quay's token server can parse: those of its repositories. */
const SCOPE = /^repository:((?:[.\w-]+\/)*[.\w-]+):(?:push|pull|\*)(?:,(?:push|pull|\*))*$/;

/** Quay with one robot. SECRET is its token, and also an OAuth access token. */
export async function startQuay(): Promise<FakeQuay> {
  const state: QuayState = { granted: ['pull'], failing: [], showsHealth: true, created: [] };
  const registry: FakeRegistry = await FakeRegistry.start({
    ...{ auth: 'token', users: { [ROBOT]: SECRET, [OAUTH]: SECRET } },
    grants: () => state.granted,
    // https://github.com/quay/quay/pull/3071
    unknownSubject: { status: 400, code: 'MANIFEST_INVALID' },
    api: (request, url) => api(request, url, registry, state),
  });
  for (const name of NAMES) registry.repository(name).push(TAG);
  return { registry, state };
}

function api(request: LoggedRequest, url: URL, registry: FakeRegistry, state: QuayState): Answer | null {
  switch (request.path) {
    case '/health/instance':
      return healthOf(state);
    case '/token':
      url.searchParams.getAll('scope').forEach((scope) => readScope(scope, registry, state));
      return null;
    case '/v2/_catalog':
      registry.access.check(request, `http://${request.headers['host']}/token`, '');
      return catalog(request, url);
    case '/api/v1/repository':
      return ofNamespace(request, url);
    default:
      if (!request.path.startsWith('/api/')) return null;
      throw new HttpAnswer(500, `unexpected: ${request.path}`);
  }
}

function healthOf({ failing, showsHealth }: QuayState): Answer {
  if (!showsHealth) throw new HttpAnswer(404, '<html>Not here</html>');
  const services = ['auth', 'database', 'disk_space', 'registry_gunicorn', 'service_key'];
  const statuses = services.map((name) => [name, !failing.includes(name)] as const);
  const status = failing.length > 0 ? 503 : 200;
  return { status, body: { data: { services: Object.fromEntries(statuses) }, status_code: status } };
}

function readScope(scope: string, { repositories }: FakeRegistry, { created }: QuayState): void {
  const name = SCOPE.exec(scope)?.[1];
  if (name === undefined) throw new HttpAnswer(400, { errors: [{ code: 'INVALID_REQUEST' }] });
  if (scope.includes('push') && !repositories.has(name)) created.push(name);
}

function catalog(request: LoggedRequest, url: URL): Answer {
  const page = Number(url.searchParams.get('next_page') ?? 0);
  const next = `http://${request.headers['host']}/v2/_catalog?n=${url.searchParams.get('n')}&next_page=${page + 1}`;
  const isLast = (page + 1) * PER_PAGE >= NAMES.length;
  return {
    ...{ status: 200, body: { repositories: NAMES.slice(page * PER_PAGE, (page + 1) * PER_PAGE) } },
    headers: isLast ? {} : { link: `<${next}>; rel="next"` },
  };
}

function ofNamespace({ headers }: LoggedRequest, url: URL): Answer {
  if (headers['authorization'] !== `Bearer ${SECRET}`) throw new HttpAnswer(401, { error: 'invalid_token' });
  if (url.searchParams.get('public') !== 'true') throw new HttpAnswer(400, 'public is missing');
  const [namespace, page] = [url.searchParams.get('namespace'), Number(url.searchParams.get('next_page') ?? 0)];
  const found = NAMES.filter((name) => name.startsWith(`${namespace}/`)).map((name) => name.split('/')[1]);
  const repositories = found.map((name) => ({ namespace, name, is_public: name === 'docs', kind: 'image' }));
  const isLast = (page + 1) * PER_PAGE >= repositories.length;
  return {
    status: 200,
    body: {
      repositories: repositories.slice(page * PER_PAGE, (page + 1) * PER_PAGE),
      ...(isLast ? {} : { next_page: String(page + 1) }),
    },
  };
}
