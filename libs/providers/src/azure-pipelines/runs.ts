import type { Page, PipelineRun } from '@integrations/contracts';
import { foreignCursor, pageOf, type RunsQuery, type UpstreamPage } from '@integrations/provider-kit';
import { repositoryPath } from '../vendors/azure-devops/addresses';
import type { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { unreadable } from '../vendors/azure-devops/errors';
import { type Build, isBuild, toRun } from './build';
import { type ListRequest, pageAt } from './pages';
import { buildsPath, pipelineOf, refused, repositoryOf } from './place';

/**
 * Azure DevOps cannot search by commit: this many builds are read per call, and five times as many per page of ours.
 */
const BUILDS_PER_SEARCH = 200;

const POSITION = /^n=(\d{1,4})(?:&at=(.+))?$/s;

/** The runs of a pipeline, of a repository, or of a pipeline for one repository. */
export async function listRuns(
  client: AzureDevOpsClient,
  query: RunsQuery,
  signal: AbortSignal,
): Promise<Page<PipelineRun>> {
  const builds = await buildsOf(client, query, signal);
  const { commit, limit, cursor } = query;
  const fetch = async (position: string): Promise<UpstreamPage<PipelineRun>> => {
    const [, n, token = null] = POSITION.exec(position) ?? [];
    if (n === undefined) throw foreignCursor();
    const $top = commit === null ? n : String(BUILDS_PER_SEARCH);
    const request = { ...builds, query: { ...builds.query, $top }, token };
    const { items, next } = await pageAt<Build>(client, request, isBuild, signal);
    const found = items.map(toRun).filter((run) => commit === null || run.commit === commit);
    return { items: found, next: next === null ? null : `n=${n}&at=${next}` };
  };
  return pageOf(fetch, { limit, cursor, q: null }, ({ name }) => name);
}

// https://learn.microsoft.com/rest/api/azure/devops/build/builds/list
async function buildsOf(
  client: AzureDevOpsClient,
  { pipeline, repository }: RunsQuery,
  signal: AbortSignal,
): Promise<Omit<ListRequest, 'token'>> {
  if (pipeline === null && repository === null) {
    throw refused('give a repository or a pipeline to list its runs');
  }
  const of = pipeline === null ? null : pipelineOf(pipeline);
  const built = repository === null ? null : repositoryOf(repository);
  const query = {
    queryOrder: 'queueTimeDescending',
    ...(of ? { definitions: of.definition } : {}),
    ...(built ? { repositoryType: 'TfsGit', repositoryId: await repositoryId(client, built, signal) } : {}),
  };
  return { path: buildsPath((of?.project ?? built?.owner)!), query };
}

/** Builds can only be filtered by the repository's id. */
async function repositoryId(
  client: AzureDevOpsClient,
  name: { readonly owner: string; readonly repository: string },
  signal: AbortSignal,
): Promise<string> {
  const path = repositoryPath(name);
  const { data } = await client.call({ method: 'GET', path }, signal);
  const { id } = data as { id?: unknown };
  if (typeof id !== 'string') throw unreadable(`GET ${path}`);
  return id;
}
