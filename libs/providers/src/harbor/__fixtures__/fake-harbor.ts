import { FakeRegistry } from '../../../../../test/support/fake-registry';
import { type Answer, HttpAnswer } from '../../../../../test/support/fake-vendor/answer';
import type { LoggedRequest } from '../../../../../test/support/fake-vendor/faults';

export const ROBOT = 'robot$acme+reader';
export const USER = 'mona';
export const SECRET = 'Secret0123456789abcdefghijklmnop';
export const REPOSITORY = 'acme/app';
export const TAG = 'stable';

/** What Harbor reports about itself and the account. */
export interface HarborState {
  authMode: 'db_auth' | 'oidc_auth';
  isReadOnly: boolean;
  isAdmin: boolean;
  readonly unhealthy: string[];
  /** Rights in the project `acme`. */
  granted: string[];
  /** Expiry of the robot, in seconds since the epoch. */
  expiresAt: number;
  storage: { hard: number; used: number };
  /** Projects that are listed although their repositories may not be. */
  readonly closed: string[];
}

export interface FakeHarbor {
  readonly registry: FakeRegistry;
  readonly state: HarborState;
}

const COMPONENTS = ['core', 'database', 'jobservice', 'portal', 'redis', 'registry', 'registryctl', 'trivy'];
const PROJECTS = [
  { project_id: 7, name: 'acme', metadata: { public: 'false' } },
  { project_id: 8, name: 'empty', metadata: { public: 'false' } },
  { project_id: 1, name: 'library', metadata: { public: 'true' } },
];
const NAMES = [REPOSITORY, 'acme/team/tools', 'acme/web', 'library/alpine'];
const OTHER_ROBOTS = ['pusher', 'signer'].map((name, id) => ({ id, name: `robot$acme+${name}`, expires_at: 1 }));
/** A project to which the account has no access. */
export const FORBIDDEN = 'vault';
/** Page size of every list. */
const PER_PAGE = 2;

/** Harbor with one robot and one user, both with SECRET. Its registry accepts basic authentication. */
export async function startHarbor(): Promise<FakeHarbor> {
  const state: HarborState = {
    ...{ authMode: 'db_auth', isReadOnly: false, isAdmin: false, unhealthy: [] },
    granted: ['.:read', 'repository:pull', 'repository:list', 'tag:list'],
    expiresAt: -1,
    storage: { hard: -1, used: 0 },
    closed: [],
  };
  const registry = await FakeRegistry.start({
    ...{ auth: 'basic', users: { [ROBOT]: SECRET, [USER]: SECRET }, hasCatalog: false },
    api: (request, url) => api(request, url, state),
  });
  for (const name of NAMES) registry.repository(name).push(TAG);
  return { registry, state };
}

function api(request: LoggedRequest, url: URL, state: HarborState): Answer | null {
  const [, path] = /^\/api\/v2\.0(\/.*)$/.exec(request.path) ?? [];
  if (path === undefined) return refuseProject(request);
  const who = whoAsks(request);
  if (path === '/health') return healthOf(state);
  if (path === '/systeminfo') return infoFor(who, state);
  if (path === '/projects') return listed(projectsFor(who, url), url);
  const [, project] = /^\/projects\/([^/]+)\/repositories$/.exec(path) ?? [];
  if (project !== undefined) return listed(repositoriesOf(project, state), url);
  return protectedBy(who, path, url, state);
}

function protectedBy(who: string | null, path: string, url: URL, state: HarborState): Answer {
  if (who === null) throw refusal(401, 'UNAUTHORIZED');
  // A CLI secret is not accepted here.
  if (who === USER && state.authMode === 'oidc_auth') throw refusal(401, 'UNAUTHORIZED');
  if (path === '/users/current') {
    if (who === ROBOT) throw refusal(412, 'PRECONDITION');
    return { status: 200, body: { user_id: 3, username: who, sysadmin_flag: state.isAdmin } };
  }
  if (path === '/users/current/permissions' && url.searchParams.get('scope') === '/project/7') {
    const permissions = state.granted.map((right) => right.split(':'));
    return { status: 200, body: permissions.map(([resource, action]) => ({ resource, action })) };
  }
  if (path === '/robots' && url.searchParams.get('q') === 'Level=project,ProjectID=7') {
    if (!state.granted.includes('robot:list')) throw refusal(403, 'FORBIDDEN');
    const robots = [...OTHER_ROBOTS, { id: 5, name: ROBOT, expires_at: state.expiresAt, disable: false }];
    return listed(robots, url);
  }
  if (path === '/projects/7/summary') {
    if (!state.granted.includes('quota:read')) return { status: 200, body: { repo_count: 3 } };
    const { hard, used } = state.storage;
    return { status: 200, body: { repo_count: 3, quota: { hard: { storage: hard }, used: { storage: used } } } };
  }
  throw refusal(500, `unexpected: ${path}${url.search}`);
}

function whoAsks({ headers }: LoggedRequest): string | null {
  const [name, password] = Buffer.from(String(headers['authorization'] ?? '').replace(/^Basic /, ''), 'base64')
    .toString()
    .split(':');
  return (name === ROBOT || name === USER) && password === SECRET ? name : null;
}

function healthOf({ unhealthy }: HarborState): Answer {
  const statusOf = (name: string) => (unhealthy.includes(name) ? 'unhealthy' : 'healthy');
  const components = COMPONENTS.map((name) => ({ name, status: statusOf(name) }));
  return { status: 200, body: { status: unhealthy.length > 0 ? 'unhealthy' : 'healthy', components } };
}

function infoFor(who: string | null, { authMode, isReadOnly }: HarborState): Answer {
  const basic = { auth_mode: authMode, self_registration: false };
  if (who === null) return { status: 200, body: basic };
  const more = { harbor_version: 'v2.13.1-00c0ffee', read_only: isReadOnly, current_time: new Date().toISOString() };
  return { status: 200, body: { ...basic, ...more } };
}

/** Harbor answers 401 for any repository that is not allowed; the challenge is empty if the project does not exist. */
function refuseProject({ path }: LoggedRequest): null {
  const [, project] = /^\/v2\/([^/_]+)\//.exec(path) ?? [];
  if (project === undefined || PROJECTS.some(({ name }) => name === project)) return null;
  const challenge = project === FORBIDDEN ? 'Basic realm="harbor"' : '';
  throw new HttpAnswer(401, { errors: [{ code: 'UNAUTHORIZED' }] }, { 'www-authenticate': challenge });
}

/** Harbor shows public projects to unknown users. */
function projectsFor(who: string | null, url: URL): object[] {
  const name = /^name=(.*)$/.exec(url.searchParams.get('q') ?? '')?.[1];
  return PROJECTS.filter(
    (project) => (who !== null || project.metadata.public === 'true') && (name ?? project.name) === project.name,
  );
}

function repositoriesOf(project: string, { closed }: HarborState): object[] {
  const known = PROJECTS.find(({ name }) => name === project);
  if (!known || closed.includes(project)) throw refusal(403, 'FORBIDDEN');
  return NAMES.flatMap((name, index) =>
    name.startsWith(`${project}/`) ? [{ id: 20 + index, name, project_id: known.project_id }] : [],
  );
}

function listed(items: readonly object[], url: URL): Answer {
  const page = Number(url.searchParams.get('page'));
  const rest = `${url.search.replace(/([?&])page=\d+/, `$1page=${page + 1}`)}`;
  const isLast = page * PER_PAGE >= items.length;
  return {
    ...{ status: 200, body: items.slice((page - 1) * PER_PAGE, page * PER_PAGE) },
    headers: {
      'x-total-count': String(items.length),
      ...(isLast ? {} : { link: `<${url.pathname}${rest}>; rel="next"` }),
    },
  };
}

function refusal(status: number, code: string): HttpAnswer {
  return new HttpAnswer(status, { errors: [{ code, message: code.toLowerCase() }] });
}
