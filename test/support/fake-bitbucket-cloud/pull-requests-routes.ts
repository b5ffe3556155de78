import type { Answer } from '../fake-vendor/answer.ts';
import { notFound } from './answer.ts';
import { type Call, type Context, page, PAGED, pullRequestOf, repositoryOf, type Route } from './routes.ts';
import type { FakeChangedFile, FakePullRequest } from './world.ts';

const REPOSITORY = '/repositories/{workspace}/{repo}';
const ON = `${REPOSITORY}/pullrequests/{id}`;
/** Pull requests show this many digits of a commit hash. */
const SHORT = 12;

/** Pull requests with their commits and diff, and single commits. */
export const PULL_REQUESTS_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: ON,
    scope: 'pullrequest',
    handle: (call, context) => ({ status: 200, body: shapeOf(pullRequestOf(call, context), call) }),
  },
  {
    method: 'GET',
    template: `${ON}/commits`,
    scope: 'pullrequest',
    query: PAGED,
    handle(call, context) {
      const { headSha, branchExists } = pullRequestOf(call, context);
      return page(branchExists ? [headSha, 'b'.repeat(40)] : [], call, (hash) => ({ type: 'commit', hash }));
    },
  },
  { method: 'GET', template: `${ON}/diff`, scope: 'pullrequest', handle: toDiff },
  {
    method: 'GET',
    template: `${REPOSITORY}/diff/{spec}`,
    scope: 'repository',
    query: ['from_pullrequest_id', 'topic'],
    handle(call, context) {
      const id = call.query.get('from_pullrequest_id') ?? '';
      const { files } = pullRequestOf({ ...call, params: { ...call.params, id } }, context);
      return { status: 200, headers: { 'content-type': 'text/plain' }, body: files.map(diffOf).join('') };
    },
  },
  {
    method: 'GET',
    template: `${REPOSITORY}/commit/{commit}`,
    scope: 'repository',
    handle(call, context) {
      const { commits } = repositoryOf(call, context);
      const hash = [...commits.keys()].find((sha) => sha.startsWith(call.params['commit']!));
      if (!hash) throw notFound('Commit');
      return { status: 200, body: { type: 'commit', hash } };
    },
  },
];

/** Bitbucket redirects the diff of a pull request to another address. */
function toDiff(call: Call, context: Context): Answer {
  const { id, headSha } = pullRequestOf(call, context);
  const { workspace, repo } = call.params;
  const spec = `${workspace}/${repo}:${headSha.slice(0, SHORT)}%0D${'c'.repeat(SHORT)}`;
  const path = `/2.0/repositories/${workspace}/${repo}/diff/${encodeURIComponent(spec)}`;
  const target = new URL(`${path}?from_pullrequest_id=${id}&topic=true`, call.url);
  return { status: 302, headers: { location: target.href }, body: '' };
}

function diffOf({ path, oldPath = path, isDeleted, patch }: FakeChangedFile): string {
  const isNew = patch.startsWith('@@ -0,0');
  const old = isNew ? '/dev/null' : `a/${oldPath}`;
  return [
    `diff --git a/${oldPath} b/${path}`,
    ...(isNew ? ['new file mode 100644'] : []),
    ...(isDeleted ? ['deleted file mode 100644'] : []),
    ...(oldPath === path ? [] : [`rename from ${oldPath}`, `rename to ${path}`]),
    'index 1111111..2222222 100644',
    ...(patch === '' ? [] : [`--- ${old}`, `+++ ${isDeleted ? '/dev/null' : `b/${path}`}`, patch.trimEnd()]),
    '',
  ].join('\n');
}

function shapeOf({ id, state, draft, headSha, sourceExists }: FakePullRequest, { params }: Call): object {
  const full_name = `${params['workspace']}/${params['repo']}`;
  const end = (hash: string, name: string) => ({
    ...{ commit: { type: 'commit', hash: hash.slice(0, SHORT) }, branch: { name } },
    repository: { type: 'repository', full_name },
  });
  return {
    ...{ type: 'pullrequest', id, state, draft, title: `Pull request ${id}` },
    source: { ...end(headSha, `topic-${id}`), ...(sourceExists ? {} : { commit: null, repository: null }) },
    destination: end('c'.repeat(40), 'main'),
  };
}
