import { hasStatus } from '@integrations/provider-kit';
import { isPipelineRefused } from '../vendors/gitlab/errors';
import { type MergeRequest, mergeRequestOf, mergeRequestsOf, type Pipeline } from './merge-requests';
import type { ProjectClient } from './project';

/** The field we use of a commit. */
interface Commit {
  readonly id: string;
  readonly parent_ids?: readonly string[];
}

/** Where a status of a commit is to stand: GitLab keeps statuses as jobs of pipelines. */
export interface StatusPlace {
  readonly project: ProjectClient;
  /** Of the pipeline. */
  readonly sha: string;
  /** Said in the request: without one of them GitLab guesses a branch, or makes a pipeline that nobody looks at. */
  readonly at: { readonly pipeline_id?: number; readonly ref?: string };
  /** Where it is to stand instead if GitLab does not take it there for such a reason. */
  readonly otherwise?: { readonly place: StatusPlace; readonly isDue: (error: unknown) => boolean };
}

/**
 * The newest pipeline of the commit. Without a real one, that of the merge request that it is the head of, if that runs on a
 * merge of it; else the branch of the merge request.
 */
export async function statusPlace(project: ProjectClient, sha: string): Promise<StatusPlace> {
  const own = await pipelineOf(project, sha);
  if (own && !isExternal(own)) return inOwnPipeline(project, own);
  const [mergeRequest] = await mergeRequestsOf(project, sha);
  const place = own ? inOwnPipeline(project, own) : await placeWithoutPipeline(project, sha, mergeRequest);
  const merged = mergeRequest && (await mergedResultsOf(project, mergeRequest.iid, sha).catch(asInvisible));
  if (!merged) return place;
  const at = { pipeline_id: merged.id };
  return { project, sha: merged.sha, at, otherwise: { place, isDue: isKeptOut } };
}

/**
 * Pipelines of a merge request from a fork run in the fork, unless somebody started them in the project. Of a public fork
 * everybody sees them, and only its own members may add to them.
 */
async function placeWithoutPipeline(
  project: ProjectClient,
  sha: string,
  mergeRequest: MergeRequest | undefined,
): Promise<StatusPlace> {
  if (!mergeRequest) return { project, sha, at: {} };
  const { source_branch: ref, source_project_id: source, target_project_id: target } = mergeRequest;
  const here: StatusPlace = { project, sha, at: { ref } };
  if (source === null || source === target) return here;
  const fork = project.other(source);
  const pipeline = await pipelineOf(fork, sha).catch(asInvisible);
  if (pipeline === null) return here;
  return { project: fork, sha, at: { pipeline_id: pipeline.id }, otherwise: { place: here, isDue: isKeptOut } };
}

/**
 * The pipeline that a merge request shows where it runs on a merge of the commit with the target branch: GitLab keeps it by
 * that merge, whose second parent the commit is. After a push, the one of the push before is shown until there is another.
 * https://docs.gitlab.com/ci/pipelines/merged_results_pipelines/
 */
async function mergedResultsOf(project: ProjectClient, iid: number, sha: string): Promise<Pipeline | null> {
  const { head_pipeline: pipeline } = await mergeRequestOf(project, iid);
  if (pipeline?.ref !== `refs/merge-requests/${iid}/merge`) return null;
  const { parent_ids } = await project.get<Commit>('a commit', ({ commits }, id) => commits.show(id, pipeline.sha));
  return parent_ids?.includes(sha) ? pipeline : null;
}

/**
 * One that is archived for its age takes no more, which the list does not tell, and GitLab makes another for the branch.
 * https://docs.gitlab.com/administration/settings/continuous_integration/#archive-pipelines
 */
function inOwnPipeline(project: ProjectClient, { id, sha, ref }: Pipeline): StatusPlace {
  const place: StatusPlace = { project, sha, at: ref && !ref.startsWith('refs/') ? { ref } : {} };
  return { project, sha, at: { pipeline_id: id }, otherwise: { place, isDue: isPipelineRefused } };
}

/** Of several the newest; one that only holds statuses of others if there is no real one. */
async function pipelineOf(project: ProjectClient, sha: string): Promise<Pipeline | null> {
  let external: Pipeline | null = null;
  for await (const pipeline of project.list<Pipeline>('pipelines', ({ pipelines }, of, page) =>
    pipelines.all(of, { sha, orderBy: 'id', sort: 'desc', ...page }),
  )) {
    if (!isExternal(pipeline)) return pipeline;
    external ??= pipeline;
  }
  return external;
}

function isExternal({ source }: Pipeline): boolean {
  return source === 'external';
}

/** The token need not see a fork, nor be allowed to write there. */
function isKeptOut(error: unknown): boolean {
  return hasStatus(error, 403, 404);
}

function asInvisible(error: unknown): null {
  if (isKeptOut(error)) return null;
  throw error;
}
