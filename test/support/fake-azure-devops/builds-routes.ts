import type { Answer } from '../fake-vendor/answer.ts';
import { badRequest, refusal } from './answer.ts';
import { type Call, type Context, list, type Route } from './routes.ts';
import { BUILD_PERMISSIONS, type FakeBuild, type FakeDefinition, type FakeProject } from './world.ts';

const TEXT = { type: 'string' };
const NUMBER = { type: 'integer' };
const TIME = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z$' };
const LINKS = { type: 'object', required: ['self', 'web'] };
const PROJECT = { type: 'object', required: ['id', 'name', 'state', 'visibility'] };

/** `{count, value}` of items that have these required fields, and no fields but those named. */
function listOf(required: readonly string[], properties: object): object {
  return {
    type: 'object',
    required: ['count', 'value'],
    properties: {
      value: { type: 'array', items: { type: 'object', required, properties, additionalProperties: false } },
    },
  };
}

/** Definitions and builds, which is what the API calls pipelines and their runs. */
export const BUILDS_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: '/{project}/_apis/build/definitions',
    query: ['$top', 'continuationToken', 'queryOrder', 'includeAllProperties', 'name', 'path'],
    scopes: ['vso.build'],
    // https://learn.microsoft.com/rest/api/azure/devops/build/definitions/list
    answer: listOf(['id', 'name', 'path', 'type', 'queueStatus', 'revision', 'project'], {
      ...{ id: NUMBER, name: TEXT, path: TEXT, type: TEXT, revision: NUMBER, url: TEXT, uri: TEXT, quality: TEXT },
      ...{ queueStatus: { enum: ['enabled', 'paused', 'disabled'] }, project: PROJECT, _links: LINKS },
      repository: { type: 'object', required: ['id', 'name', 'type', 'url'] },
    }),
    handle(call, context) {
      const project = projectOf(call, context, 'ViewBuildDefinition');
      const sorted = [...project.definitions].sort((a, b) => (a.name < b.name ? -1 : 1));
      const isWhole = call.query.get('includeAllProperties') === 'true';
      // The list is sorted by name, so a page continues after a name.
      return pageOf(
        sorted,
        call,
        (one) => definitionShape(one, project, context.url, isWhole),
        ({ name }) => name,
      );
    },
  },
  {
    method: 'GET',
    template: '/{project}/_apis/build/builds',
    query: ['definitions', 'repositoryId', 'repositoryType', '$top', 'continuationToken', 'queryOrder'],
    scopes: ['vso.build'],
    // https://learn.microsoft.com/rest/api/azure/devops/build/builds/list
    answer: listOf(['id', 'buildNumber', 'status', 'queueTime', 'definition', 'project', 'sourceBranch', '_links'], {
      ...{ id: NUMBER, buildNumber: TEXT, uri: TEXT, url: TEXT, sourceBranch: TEXT, sourceVersion: TEXT, reason: TEXT },
      ...{ status: TEXT, result: TEXT, queueTime: TIME, startTime: TIME, finishTime: TIME, _links: LINKS },
      ...{ project: PROJECT, definition: { type: 'object', required: ['id', 'name', 'path', 'project'] } },
      repository: { type: 'object', required: ['id', 'type'] },
    }),
    handle(call, context) {
      const project = projectOf(call, context, 'ViewBuilds');
      const { query } = call;
      if (query.has('repositoryId') !== query.has('repositoryType')) throw badRequest('repositoryType');
      const found = project.definitions
        .filter(({ id }) => (query.get('definitions') ?? String(id)) === String(id))
        .filter((one) => !query.has('repositoryId') || repositoryId(one, project) === query.get('repositoryId'))
        .flatMap((definition) => definition.builds.map((build) => ({ build, definition })))
        .sort((a, b) => Date.parse(b.build.queueTime) - Date.parse(a.build.queueTime));
      return pageOf(found, call, ({ build, definition }) => buildShape(build, definition, project, context.url));
    },
  },
];

function projectOf({ params }: Call, { world }: Context, permission: keyof typeof BUILD_PERMISSIONS): FakeProject {
  const project = world.project(params['project']!);
  if ((project.buildPermissions & BUILD_PERMISSIONS[permission]) !== 0) return project;
  const message = `TF215106: Access denied. Build\\1 needs ${permission} permissions for the project to perform the action.`;
  throw refusal(403, 'AccessDeniedException', message);
}

/** A page of a list that continues with a token. A header carries the token, which names the last item. */
function pageOf<T>(
  items: readonly T[],
  { query }: Call,
  shape: (item: T) => unknown,
  tokenOf = (item: T) => String(items.indexOf(item)),
): Answer {
  const token = query.get('continuationToken');
  const from = token === null ? 0 : items.findIndex((item) => tokenOf(item) === token) + 1;
  if (token !== null && from === 0) throw badRequest('continuationToken');
  const to = from + Number(query.get('$top') ?? 1_000);
  const answer = list(items.slice(from, to).map(shape));
  return to < items.length ? { ...answer, headers: { 'x-ms-continuationtoken': tokenOf(items[to - 1]!) } } : answer;
}

function repositoryId({ repository: { type, name } }: FakeDefinition, { repositories }: FakeProject): string {
  return type === 'TfsGit' ? (repositories.find((one) => one.name === name)?.id ?? '') : name;
}

function projectShape({ id, name, visibility }: FakeProject): object {
  return { id, name, visibility, state: 'wellFormed', revision: 11, url: '', lastUpdateTime: '2026-01-01T00:00:00Z' };
}

function linksTo(url: string): object {
  return { self: { href: url }, web: { href: url } };
}

function definitionShape(definition: FakeDefinition, project: FakeProject, url: string, isWhole: boolean): object {
  const { id, name, path, queueStatus, repository } = definition;
  const within = `${url}/${encodeURIComponent(project.name)}`;
  const at =
    repository.type === 'TfsGit' ? `${within}/_git/${repository.name}` : `https://github.com/${repository.name}.git`;
  return {
    ...{ id, name, path, type: 'build', queueStatus, revision: 1, quality: 'definition', url: '', uri: '' },
    ...{ project: projectShape(project), _links: linksTo(`${within}/_build/definition?definitionId=${id}`) },
    ...(isWhole ? { repository: { ...repository, id: repositoryId(definition, project), url: at } } : {}),
  };
}

function buildShape(build: FakeBuild, definition: FakeDefinition, project: FakeProject, url: string): object {
  const { id, name, path } = definition;
  return {
    ...build,
    ...{ url: '', uri: '', reason: 'individualCI', project: projectShape(project) },
    definition: { id, name, path, type: 'build', queueStatus: 'enabled', revision: 1, project: projectShape(project) },
    repository: { id: repositoryId(definition, project), type: definition.repository.type },
    _links: linksTo(`${url}/${encodeURIComponent(project.name)}/_build/results?buildId=${build.id}`),
  };
}
