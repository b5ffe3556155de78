import { badRequest } from './answer.ts';
import { IN_REPOSITORY, list, page, repositoryOf, type Route } from './routes.ts';
import type { FakeProject, FakeRepository } from './world.ts';

const GIT_REPOSITORIES = '2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87';
const BUILDS = '33344d9c-fc72-4d6f-aba5-fa317101a7e9';
const NOBODY = 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa';

const NAMESPACES: Readonly<
  Record<string, { readonly token: RegExp; readonly held: (project: FakeProject) => number }>
> = {
  [GIT_REPOSITORIES]: { token: /^repoV2\/([0-9a-f-]{36})$/, held: ({ permissions }) => permissions },
  [BUILDS]: { token: /^([0-9a-f-]{36})$/, held: ({ buildPermissions }) => buildPermissions },
};

/** The authenticated user, the organization's resources, and the user's permissions. */
export const ACCOUNT_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: '/_apis/connectionData',
    query: ['connectOptions'],
    preview: true,
    handle({ credential: { identity } }, { world: { isAnonymous, deploymentType } }) {
      const { id, displayName, uniqueName } = isAnonymous
        ? { id: NOBODY, displayName: 'Anonymous', uniqueName: 'Anonymous' }
        : identity;
      const user = {
        ...{ id, providerDisplayName: displayName, isActive: true, subjectDescriptor: 'aad.x', metaTypeId: 0 },
        properties: { Account: { $type: 'System.String', $value: uniqueName } },
      };
      return {
        status: 200,
        body: {
          authenticatedUser: user,
          authorizedUser: user,
          instanceId: NOBODY,
          deploymentId: NOBODY,
          deploymentType,
        },
      };
    },
  },
  {
    method: 'GET',
    template: '/_apis/projects',
    query: ['stateFilter', '$top', '$skip', 'continuationToken'],
    scopes: ['vso.project'],
    handle: (call, { world }) => page(world.projects, call, '$', projectShape),
  },
  {
    method: 'GET',
    template: '/_apis/permissions/{namespace}/{permissions}',
    query: ['tokens', 'alwaysAllowAdministrators', 'delimiter'],
    handle({ params, query }, { world }) {
      const { token: pattern, held } = NAMESPACES[params['namespace']!] ?? {};
      if (!pattern || !held) throw badRequest('securityNamespaceId');
      const wanted = Number(params['permissions']);
      const tokens = (query.get('tokens') ?? '').split(',');
      return list(
        tokens.map((token) => {
          const id = pattern.exec(token)?.[1];
          if (!id) throw badRequest('tokens');
          return (held(world.project(id)) & wanted) === wanted;
        }),
      );
    },
  },
  {
    method: 'OPTIONS',
    template: '/_apis/git',
    handle(_, { world: { apiVersion } }) {
      const versions = { minVersion: '1.0', maxVersion: apiVersion, releasedVersion: apiVersion, resourceVersion: 1 };
      const routeTemplate = '{project}/_apis/{area}/{resource}/{repositoryId}';
      return list([{ id: GIT_REPOSITORIES, area: 'git', resourceName: 'repositories', routeTemplate, ...versions }]);
    },
  },
  {
    method: 'GET',
    template: IN_REPOSITORY,
    query: ['includeParent'],
    scopes: ['vso.code', 'vso.code_write'],
    handle(call, context) {
      const repository = repositoryOf(call, context);
      const project = context.world.project(call.params['project']!);
      return { status: 200, body: repositoryShape(repository, project, context.url) };
    },
  },
  {
    method: 'GET',
    template: '/_apis/git/repositories',
    query: ['includeLinks', 'includeAllUrls', 'includeHidden'],
    scopes: ['vso.code', 'vso.code_write'],
    handle: (_, { world, url }) =>
      list(world.projects.flatMap((project) => project.repositories.map((one) => repositoryShape(one, project, url)))),
  },
];

function projectShape({ id, name, visibility }: FakeProject): object {
  return { id, name, visibility, state: 'wellFormed', revision: 11, url: '', lastUpdateTime: '2026-01-01T00:00:00Z' };
}

function repositoryShape({ id, name, isDisabled }: FakeRepository, project: FakeProject, url: string): object {
  const webUrl = `${url}/${encodeURIComponent(project.name)}/_git/${encodeURIComponent(name)}`;
  return {
    ...{ id, name, isDisabled, isInMaintenance: false, size: 728, url: '', remoteUrl: webUrl, sshUrl: '', webUrl },
    project: projectShape(project),
    // An empty repository has no default branch.
    ...(isDisabled ? {} : { defaultBranch: 'refs/heads/main' }),
  };
}
