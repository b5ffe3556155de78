import { ProviderError } from '@integrations/provider-kit';
import { mergeRequestsOf } from './merge-requests';
import type { ProjectClient } from './project';

/** The fields we use of a pipeline. */
interface Pipeline {
  readonly id: number;
  readonly source?: string;
}

/** Where a status of a commit is to stand: GitLab keeps statuses as jobs of pipelines. */
export interface StatusPlace {
  readonly project: ProjectClient;
  /** Said in the request: without one of them GitLab guesses a branch, or makes a pipeline that nobody looks at. */
  readonly at: { readonly pipeline_id?: number; readonly ref?: string };
  /** Where it is to stand instead if the token may not set it there. */
  readonly otherwise?: StatusPlace;
}

/**
 * The newest pipeline of the commit. Without one, the branch of the merge request that it is the head of; pipelines of a
 * merge request from a fork run in the fork, unless somebody started them in the project. Of a public fork everybody sees
 * them, and only its own members may add to them.
 */
export async function statusPlace(project: ProjectClient, sha: string): Promise<StatusPlace> {
  const own = await pipelineOf(project, sha);
  if (own !== null) return { project, at: { pipeline_id: own } };
  const [mergeRequest] = await mergeRequestsOf(project, sha);
  if (!mergeRequest) return { project, at: {} };
  const { source_branch: ref, source_project_id: source, target_project_id: target } = mergeRequest;
  if (source === null || source === target) return { project, at: { ref } };
  const fork = project.other(source);
  const pipeline = await pipelineOf(fork, sha).catch(asInvisible);
  const here: StatusPlace = { project, at: { ref } };
  return pipeline === null ? here : { project: fork, at: { pipeline_id: pipeline }, otherwise: here };
}

/** Of several the newest; one that only holds statuses of others if there is no real one. */
async function pipelineOf(project: ProjectClient, sha: string): Promise<number | null> {
  let external: number | null = null;
  for await (const { id, source } of project.list<Pipeline>('pipelines', ({ pipelines }, of, page) =>
    pipelines.all(of, { sha, orderBy: 'id', sort: 'desc', ...page }),
  )) {
    if (source !== 'external') return id;
    external ??= id;
  }
  return external;
}

/** The token need not see a fork, nor be allowed to write there. */
export function isKeptOut(error: unknown): boolean {
  return error instanceof ProviderError && (error.httpStatus === 403 || error.httpStatus === 404);
}

function asInvisible(error: unknown): null {
  if (isKeptOut(error)) return null;
  throw error;
}
