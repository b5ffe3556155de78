import { type Answer } from '../fake-vendor/answer.ts';
import { type Call, type Context, page, pullRequestOf, REPOSITORY, repositoryOf, type Route } from './routes.ts';
import type { FakeChangedFile, FakePermission, FakePullRequest, FakeRepository } from './world.ts';

const ORDER: readonly FakePermission[] = ['REPO_READ', 'REPO_WRITE', 'REPO_ADMIN'];

/** The instance, the authenticated user, projects and repositories, and pull requests with their diffs. */
export const ACCOUNT_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: '/rest/api/latest/application-properties',
    handle: (_, { version }) => ({
      status: 200,
      body: { version, buildNumber: '9004000', buildDate: '1733097600000', displayName: 'Bitbucket' },
    }),
  },
  {
    method: 'GET',
    template: '/plugins/servlet/applinks/whoami',
    handle: ({ token }) => ({
      status: 200,
      headers: { 'content-type': 'text/plain;charset=UTF-8' },
      body: token?.user.name ?? '',
    }),
  },
  {
    method: 'GET',
    template: '/rest/api/latest/repos',
    query: ['archived', 'name', 'permission', 'projectkey', 'projectname', 'state', 'visibility', 'start', 'limit'],
    handle: listRepositories,
  },
  {
    method: 'GET',
    template: `${REPOSITORY}/pull-requests/{id}.diff`,
    query: ['contextLines', 'whitespace'],
    handle(call, context) {
      const { files } = pullRequestOf(call, repositoryOf(call, context));
      return {
        status: 200,
        headers: { 'content-type': 'text/plain;charset=UTF-8' },
        body: files.map(diffOf).join(''),
      };
    },
  },
  {
    method: 'GET',
    template: `${REPOSITORY}/pull-requests/{id}`,
    handle(call, context) {
      const repository = repositoryOf(call, context);
      return { status: 200, body: pullRequestShape(pullRequestOf(call, repository), repository) };
    },
  },
];

function listRepositories(call: Call, { world, url }: Context): Answer {
  const wanted = call.query.get('permission') as FakePermission | null;
  const found = world.repositories.filter(({ permission, isPublic }) => {
    if (call.token === null || permission === null) return isPublic && wanted === null;
    return wanted === null || ORDER.indexOf(permission) >= ORDER.indexOf(wanted);
  });
  return page(found, call, 1_000, (repository) => repositoryShape(repository, url));
}

function repositoryShape({ id, projectKey, slug, isPublic, archived }: FakeRepository, url: string): object {
  const isPersonal = projectKey.startsWith('~');
  const home = isPersonal ? `users/${projectKey.slice(1)}` : `projects/${projectKey}`;
  return {
    ...{ id, slug, name: slug, scmId: 'git', state: 'AVAILABLE', public: isPublic, archived },
    project: { key: projectKey, name: projectKey, type: isPersonal ? 'PERSONAL' : 'NORMAL' },
    links: { self: [{ href: `${url}/${home}/repos/${slug}/browse` }] },
  };
}

function pullRequestShape({ id, state, draft, head }: FakePullRequest, repository: FakeRepository): object {
  const { slug, projectKey: key } = repository;
  const at = { slug, project: { key } };
  return {
    ...{ id, version: 3, title: `Pull request ${id}`, state, open: state === 'OPEN', closed: state !== 'OPEN', draft },
    locked: false,
    fromRef: { id: `refs/heads/topic-${id}`, displayId: `topic-${id}`, latestCommit: head, repository: at },
    toRef: { id: 'refs/heads/main', displayId: 'main', latestCommit: 'b'.repeat(40), repository: at },
  };
}

/** A diff as Bitbucket prints it, with prefixes other than git's. */
function diffOf({ path, srcPath = path, isDeleted, patch }: FakeChangedFile): string {
  const renamed = srcPath === path ? '' : `similarity index 90%\nrename from ${srcPath}\nrename to ${path}\n`;
  const to = isDeleted ? '/dev/null' : `dst://${path}`;
  const mode = isDeleted ? 'deleted file mode 100644\n' : '';
  return `diff --git src://${srcPath} dst://${path}\n${mode}${renamed}--- src://${srcPath}\n+++ ${to}\n${patch}`;
}
