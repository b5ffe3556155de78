import { FakeRegistry } from '../../../../../test/support/fake-registry';
import { type Answer, HttpAnswer } from '../../../../../test/support/fake-vendor/answer';
import type { LoggedRequest } from '../../../../../test/support/fake-vendor/faults';

export const USER = 'mona';
export const SECRET = 'a-password-0123456789-abcdefghij';
export const REPOSITORY = 'docker-local/app';
export const TAG = 'stable';

export interface ArtifactoryState {
  /** Access tokens that are accepted, in addition to the password. */
  readonly tokens: string[];
  /** Short names of unhealthy services. */
  readonly unhealthy: string[];
  /** True if the router's health is accessible. */
  hasRouter: boolean;
  /** False for a version before 7.75, which has no OCI repositories. */
  hasOci: boolean;
  /** Keys of repositories whose catalog the user may not read. */
  readonly closed: string[];
}

export interface FakeArtifactory {
  readonly registry: FakeRegistry;
  readonly state: ArtifactoryState;
}

const NAMES = [REPOSITORY, 'docker-local/team/tools', 'docker-local/web', 'docker-remote/alpine', 'oci-local/probe'];
const KEYS: Readonly<Record<string, readonly string[]>> = {
  docker: ['docker-remote', 'docker-empty', 'docker-local'],
  oci: ['oci-local'],
};
const PER_PAGE = 2;

/** Artifactory with three Docker repositories and one OCI repository. Image names begin with the repository's key. */
export async function startArtifactory(): Promise<FakeArtifactory> {
  const state: ArtifactoryState = { tokens: [], unhealthy: [], hasRouter: true, hasOci: true, closed: [] };
  const registry = await FakeRegistry.start({
    ...{ auth: 'none', hasCatalog: false, headers: { 'x-jfrog-version': 'Artifactory/7.111.4 81104900' } },
    api: (request, url) => api(request, url, state),
  });
  for (const name of NAMES) registry.repository(name).push(TAG);
  return { registry, state };
}

function api(request: LoggedRequest, url: URL, state: ArtifactoryState): Answer | null {
  const { path } = request;
  if (path === '/router/api/v1/system/health') return healthOf(state);
  if (!isKnown(request, state)) throw new HttpAnswer(401, { errors: [{ status: 401, message: 'Bad credentials' }] });
  if (path === '/artifactory/api/system/ping') return { status: 200, body: 'OK' };
  if (path === '/artifactory/api/repositories') return keysOf(url.searchParams.get('packageType'), state);
  const [, type = '', key = ''] = /^\/artifactory\/api\/(docker|oci)\/([^/]+)\/v2\/_catalog$/.exec(path) ?? [];
  if (state.closed.includes(key)) throw new HttpAnswer(403, { errors: [{ code: 'DENIED', message: 'not for you' }] });
  if (KEYS[type]?.includes(key)) return catalog(key, url);
  if (!path.startsWith('/artifactory/')) return null;
  throw new HttpAnswer(500, `unexpected: ${path}`);
}

function keysOf(type: string | null, { hasOci }: ArtifactoryState): Answer {
  const keys = type === 'oci' && !hasOci ? undefined : KEYS[type ?? ''];
  if (!keys) throw new HttpAnswer(400, { errors: [{ status: 400, message: 'no such package type' }] });
  const packageType = type === 'oci' ? 'OCI' : 'Docker';
  return { status: 200, body: keys.map((key) => ({ key, type: 'LOCAL', packageType })) };
}

function isKnown({ headers }: LoggedRequest, { tokens }: ArtifactoryState): boolean {
  const [scheme, value = ''] = String(headers['authorization'] ?? '').split(' ');
  if (scheme === 'Bearer') return tokens.includes(value);
  return Buffer.from(value, 'base64').toString() === `${USER}:${SECRET}`;
}

function healthOf({ unhealthy, hasRouter }: ArtifactoryState): Answer {
  if (!hasRouter) throw new HttpAnswer(404, '<html>Not here</html>');
  const services = ['jfrt', 'jfac', 'jfob'].map((name) => ({
    service_id: `${name}@01abc`,
    state: unhealthy.includes(name) ? 'UNHEALTHY' : 'HEALTHY',
  }));
  const router = { node_id: 'art-0', state: unhealthy.length > 0 ? 'UNHEALTHY' : 'HEALTHY' };
  return { status: unhealthy.length > 0 ? 503 : 200, body: { router, services } };
}

/** Its `Link` has a path without Artifactory's prefix, and repeats the `last` that was asked for. */
function catalog(key: string, url: URL): Answer {
  const last = url.searchParams.getAll('last').at(-1);
  const names = NAMES.filter((name) => name.startsWith(`${key}/`)).map((name) => name.slice(key.length + 1));
  const rest = names.filter((name) => last === undefined || name > last);
  const page = rest.slice(0, PER_PAGE);
  const link = `</v2/_catalog${url.search}&last=${page.at(-1)}>; rel="next"`;
  return { status: 200, body: { repositories: page }, headers: rest.length > PER_PAGE ? { link } : {} };
}
