import { type Answer, HttpAnswer } from '../fake-vendor/answer.ts';
import { type Call, type Context, page, projectOf, type Route } from './routes.ts';
import type { FakeProject } from './world.ts';

/** The token itself, its user, the instance, and the user's projects. */
export const ACCOUNT_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: '/personal_access_tokens/self',
    scopes: [],
    permission: 'Personal Access Token: Read',
    handle: ({ token: { id, user, scopes, expiresAt: expires_at, revoked } }) => ({
      status: 200,
      body: {
        ...{ id, name: 'integrations', revoked, scopes, user_id: user.id, active: !revoked, expires_at },
        ...{ created_at: '2026-01-01T00:00:00.000Z', description: null, last_used_at: null },
      },
    }),
  },
  {
    method: 'GET',
    template: '/user',
    scopes: ['api', 'read_api', 'read_user'],
    permission: 'User: Read',
    handle: ({ token: { user } }) => ({ status: 200, body: { ...user, name: user.username, web_url: '' } }),
  },
  {
    method: 'GET',
    template: '/metadata',
    scopes: ['api', 'read_api', 'read_user'],
    permission: 'Metadata: Read',
    handle: (_, { version }) => ({ status: 200, body: { version, revision: 'abcdef', enterprise: true, kas: {} } }),
  },
  {
    method: 'GET',
    template: '/job',
    job: true,
    handle: ({ token: { kind, user } }) => {
      if (kind !== 'job') throw new HttpAnswer(401, { message: '401 Unauthorized' });
      return { status: 200, body: { id: 77, name: 'scan', status: 'running', user: { ...user } } };
    },
  },
  {
    method: 'GET',
    template: '/projects',
    permission: 'Project: Read',
    query: [
      ...['membership', 'order_by', 'sort', 'pagination', 'per_page', 'page', 'id_after', 'search'],
      ...['search_namespaces', 'simple', 'min_access_level'],
    ],
    handle: listProjects,
  },
  {
    method: 'GET',
    template: '/projects/{id}',
    permission: 'Project: Read',
    handle: (call, context) => ({ status: 200, body: projectShape(projectOf(call, context), context.url) }),
  },
];

function listProjects(call: Call, { world, url }: Context): Answer {
  const { query } = call;
  const search = query.get('search')?.toLowerCase();
  const least = Number(query.get('min_access_level') ?? 0);
  const after = Number(query.get('id_after') ?? 0);
  const found = world.projects
    .filter(({ id, accessLevel }) => id > after && accessLevel >= least)
    .filter(({ path }) => search === undefined || matches(path, search, query.has('search_namespaces')))
    .sort((a, b) => a.id - b.id);
  const shape = (project: FakeProject) => projectShape(project, url);
  if (query.get('pagination') !== 'keyset') return page(found, call, shape);
  const size = Number(query.get('per_page') ?? 20);
  const items = found.slice(0, size);
  const next = new URLSearchParams(query);
  next.set('id_after', String(items.at(-1)?.id ?? 0));
  const headers: Record<string, string> =
    found.length > size ? { link: `<${url}/api/v4/projects?${next}>; rel="next"` } : {};
  return { status: 200, headers, body: items.map(shape) };
}

/** A search text of fewer than three characters matches only the whole. */
function matches(path: string, search: string, withNamespace: boolean): boolean {
  const text = (withNamespace ? path : path.split('/').at(-1)!).toLowerCase();
  return search.length < 3 ? text === search : text.includes(search);
}

function projectShape({ id, path: path_with_namespace, archived, hasCi }: FakeProject, url: string): object {
  const path = path_with_namespace.split('/').at(-1)!;
  const web_url = `${url}/${path_with_namespace}`;
  return {
    id,
    path,
    name: path,
    path_with_namespace,
    web_url,
    default_branch: 'main',
    visibility: 'private',
    archived,
    builds_access_level: hasCi ? 'enabled' : 'disabled',
    jobs_enabled: hasCi,
  };
}
