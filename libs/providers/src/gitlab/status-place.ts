import { ProviderError } from '@integrations/provider-kit';
import { isPipelineRefused } from '../vendors/gitlab/errors';
import { mergeRequestsOf } from './merge-requests';
import type { ProjectClient } from './project';

/** The fields we use of a pipeline. */
interface Pipeline {
  readonly id: number;
  readonly source?: string;
  /** A branch or tag; of a merge request's own one that begins with `refs/`. */
  readonly ref?: string;
}

/** Where a status of a commit is to stand: GitLab keeps statuses as jobs of pipelines. */
export interface StatusPlace {
  readonly project: ProjectClient;
  /** Said in the request: without one of them GitLab guesses a branch, or makes a pipeline that nobody looks at. */
  readonly at: { readonly pipeline_id?: number; readonly ref?: string };
  /** Where it is to stand instead if GitLab does not take it there for such a reason. */
  readonly otherwise?: { readonly place: StatusPlace; readonly isDue: (error: unknown) => boolean };
}

/**
 * The newest pipeline of the commit. Without one, the branch of the merge request that it is the head of; pipelines of a
 * merge request from a fork run in the fork, unless somebody started them in the project. Of a public fork everybody sees
 * them, and only its own members may add to them.
 */
export async function statusPlace(project: ProjectClient, sha: string): Promise<StatusPlace> {
  const own = await pipelineOf(project, sha);
  if (own !== null) return inOwnPipeline(project, own);
  const [mergeRequest] = await mergeRequestsOf(project, sha);
  if (!mergeRequest) return { project, at: {} };
  const { source_branch: ref, source_project_id: source, target_project_id: target } = mergeRequest;
  if (source === null || source === target) return { project, at: { ref } };
  const fork = project.other(source);
  const pipeline = await pipelineOf(fork, sha).catch(asInvisible);
  const here: StatusPlace = { project, at: { ref } };
  if (pipeline === null) return here;
  return { project: fork, at: { pipeline_id: pipeline.id }, otherwise: { place: here, isDue: isKeptOut } };
}

/**
 * One that is archived for its age takes no more, which the list does not tell, and GitLab makes another for the branch.
 * https://docs.gitlab.com/administration/settings/continuous_integration/#archive-pipelines
 */
function inOwnPipeline(project: ProjectClient, { id, ref }: Pipeline): StatusPlace {
  const place: StatusPlace = { project, at: ref && !ref.startsWith('refs/') ? { ref } : {} };
  return { project, at: { pipeline_id: id }, otherwise: { place, isDue: isPipelineRefused } };
}

/** Of several the newest; one that only holds statuses of others if there is no real one. */
async function pipelineOf(project: ProjectClient, sha: string): Promise<Pipeline | null> {
  let external: Pipeline | null = null;
  for await (const pipeline of project.list<Pipeline>('pipelines', ({ pipelines }, of, page) =>
    pipelines.all(of, { sha, orderBy: 'id', sort: 'desc', ...page }),
  )) {
    if (pipeline.source !== 'external') return pipeline;
    external ??= pipeline;
  }
  return external;
}

/** The token need not see a fork, nor be allowed to write there. */
function isKeptOut(error: unknown): boolean {
  return error instanceof ProviderError && (error.httpStatus === 403 || error.httpStatus === 404);
}

function asInvisible(error: unknown): null {
  if (isKeptOut(error)) return null;
  throw error;
}
