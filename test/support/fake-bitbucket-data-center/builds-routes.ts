import { invalid, notFound } from './answer.ts';
import { type Call, type Context, page, REPOSITORY, repositoryOf, type Route, text, writable } from './routes.ts';
import type { FakeBuild } from './world.ts';

const ON = `${REPOSITORY}/commits/{sha}/builds`;
const LEGACY = '/rest/build-status/1.0/commits/{sha}';

/** Build statuses. A status replaces an earlier one with the same key. */
export const BUILDS_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: ON,
    query: ['key'],
    since: '7.14',
    handle(call, context) {
      const found = buildsOf(call, context).get(call.query.get('key') ?? '');
      if (!found) throw notFound('build.status.NoSuchBuildStatus');
      return { status: 200, body: found };
    },
  },
  {
    method: 'POST',
    template: ON,
    since: '7.4',
    // RestBuildStatusSetRequest. https://developer.atlassian.com/server/bitbucket/rest/v902/
    body: {
      type: 'object',
      required: ['key', 'state', 'url'],
      additionalProperties: false,
      properties: {
        key: text(255),
        state: { enum: ['CANCELLED', 'FAILED', 'INPROGRESS', 'SUCCESSFUL', 'UNKNOWN'] },
        url: text(450),
        name: text(255),
        description: text(255),
        parent: text(1_024),
      },
    },
    handle: store,
  },
  {
    method: 'GET',
    template: LEGACY,
    query: ['orderBy', 'start', 'limit'],
    handle: (call, context) => page([...buildsOf(call, context).values()].reverse(), call, 100, (build) => build),
  },
  {
    method: 'POST',
    template: LEGACY,
    body: {
      type: 'object',
      required: ['key', 'state', 'url'],
      additionalProperties: false,
      properties: {
        key: text(255),
        state: { enum: ['FAILED', 'INPROGRESS', 'SUCCESSFUL'] },
        url: text(450),
        name: text(255),
        description: text(255),
      },
    },
    handle: store,
  },
];

function store(call: Call, context: Context) {
  const { key } = call.body;
  if (typeof key !== 'string' || key.trim() === '') throw invalid('key', 'The key is missing.');
  const builds = buildsOf(call, context);
  const isKnown = builds.delete(key);
  builds.set(key, { ...call.body, key, createdDate: 1, updatedDate: isKnown ? 2 : 1 } satisfies FakeBuild);
  return { status: 204 };
}

/** The legacy API does not name the repository. */
function buildsOf(call: Call, context: Context): Map<string, FakeBuild> {
  const sha = call.params['sha']!;
  if (!/^[0-9a-f]{40}$/.test(sha)) throw invalid('commitId', 'A full commit hash is needed.');
  const all = context.world.repositories.map(({ builds }) => builds.get(sha));
  const found =
    call.params['slug'] === undefined ? all.find((builds) => builds) : writable(call, context).builds.get(sha);
  if (call.params['slug'] !== undefined) repositoryOf(call, context);
  if (!found) throw notFound('commit.NoSuchCommit');
  return found;
}
