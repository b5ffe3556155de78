import { gone, refusal } from './answer.ts';
import { type Call, type Context, page, PAGED, type Route } from './routes.ts';
import type { FakeRepository } from './world.ts';

/** The account, its workspaces and their repositories, and the removed lists across workspaces. */
export const ACCOUNT_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: '/user',
    scope: 'account',
    handle: ({ token: { account } }) => ({ status: 200, body: account }),
  },
  {
    method: 'GET',
    template: '/user/workspaces',
    scope: 'workspaces',
    query: [...PAGED, 'sort', 'administrator', 'q'],
    handle(call, { world }) {
      const slugs = [...new Set(world.repositories.map(({ workspace }) => workspace))].sort();
      const shape = (slug: string) => ({
        ...{ type: 'workspace_access', administrator: false },
        workspace: { type: 'workspace_base', slug, uuid: `{${slug}}` },
      });
      return page(slugs, call, shape);
    },
  },
  {
    method: 'GET',
    template: '/repositories/{workspace}',
    scope: 'repository',
    query: [...PAGED, 'sort', 'role', 'q'],
    handle: listRepositories,
  },
  ...['/workspaces', '/repositories', '/user/permissions/workspaces', '/user/permissions/repositories'].map(
    (template): Route => ({
      ...{ method: 'GET', template, scope: 'account' as const, query: [...PAGED, 'sort', 'role', 'q'] },
      handle: () => {
        throw gone();
      },
    }),
  ),
];

function listRepositories(call: Call, { world }: Context) {
  const workspace = call.params['workspace']!;
  const found = world.repositories.filter((one) => one.workspace === workspace);
  if (found.length === 0) throw refusal(404, `No workspace with identifier '${workspace}'.`);
  return page(found, call, repositoryShape);
}

function repositoryShape({ workspace, slug, uuid }: FakeRepository): object {
  const full_name = `${workspace}/${slug}`;
  return {
    ...{ type: 'repository', uuid, slug, name: slug, full_name, is_private: true, scm: 'git' },
    workspace: { type: 'workspace', slug: workspace },
    mainbranch: { type: 'branch', name: 'main' },
    links: { html: { href: `https://bitbucket.org/${full_name}` } },
  };
}
