import { hasStatus, nullIf } from '@integrations/provider-kit';
import { isPipelineRefused } from '../vendors/gitlab/errors';
import { type MergeRequest, mergeRequestOf, mergeRequestsOf, type Pipeline } from './merge-requests';
import type { ProjectClient } from './project';

/** The fields we use of a commit. */
interface Commit {
  readonly id: string;
  readonly parent_ids?: readonly string[];
}

/** Where to put a status of a commit: GitLab keeps statuses as jobs of pipelines. */
export interface StatusPlace {
  readonly project: ProjectClient;
  /** The commit of the pipeline. */
  readonly sha: string;
  /** Sent with the status: without one of these, GitLab guesses a branch or creates a pipeline that nobody looks at. */
  readonly at: { readonly pipeline_id?: number; readonly ref?: string };
  /** Where to put the status instead if GitLab refuses this place with such an error. */
  readonly otherwise?: { readonly place: StatusPlace; readonly isDue: (error: unknown) => boolean };
}

/**
 * The commit's newest pipeline with jobs of its own. Otherwise the merged results pipeline of the open merge request
 * whose head the commit is, if there is one. Failing both: the commit's pipeline of external statuses, its pipeline in
 * a fork, or the merge request's branch.
 */
export async function statusPlace(project: ProjectClient, sha: string): Promise<StatusPlace> {
  const own = await pipelineOf(project, sha);
  if (own && !isExternal(own)) return inOwnPipeline(project, own);
  const [mergeRequest] = await mergeRequestsOf(project, sha);
  const place = own ? inOwnPipeline(project, own) : await placeWithoutPipeline(project, sha, mergeRequest);
  const merged = mergeRequest && (await mergedResultsOf(project, mergeRequest.iid, sha).catch(nullIfDenied));
  if (!merged) return place;
  const at = { pipeline_id: merged.id };
  return { project, sha: merged.sha, at, otherwise: { place, isDue: isAccessDenied } };
}

/**
 * Merge request pipelines from a fork run in the fork, unless somebody started them in this project. Everybody can see
 * the pipelines of a public fork, but only its members may add statuses to them.
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
  const pipeline = await pipelineOf(fork, sha).catch(nullIfDenied);
  if (pipeline === null) return here;
  return { project: fork, sha, at: { pipeline_id: pipeline.id }, otherwise: { place: here, isDue: isAccessDenied } };
}

/**
 * The pipeline that a merge request shows, if it runs on a merge of the commit with the target branch. GitLab records
 * it under the merge commit, whose second parent is our commit. After a push, the merge request shows the previous
 * pipeline until there is a new one. https://docs.gitlab.com/ci/pipelines/merged_results_pipelines/
 */
async function mergedResultsOf(project: ProjectClient, iid: number, sha: string): Promise<Pipeline | null> {
  const { head_pipeline: pipeline } = await mergeRequestOf(project, iid);
  if (pipeline?.ref !== `refs/merge-requests/${iid}/merge`) return null;
  const { parent_ids } = await project.get<Commit>('a commit', ({ commits }, id) => commits.show(id, pipeline.sha));
  return parent_ids?.includes(sha) ? pipeline : null;
}

/**
 * An archived pipeline accepts no more statuses, which the list of pipelines does not show. GitLab then creates another
 * pipeline for the branch.
 * https://docs.gitlab.com/administration/settings/continuous_integration/#archive-pipelines
 */
function inOwnPipeline(project: ProjectClient, { id, sha, ref }: Pipeline): StatusPlace {
  const place: StatusPlace = { project, sha, at: ref && !ref.startsWith('refs/') ? { ref } : {} };
  return { project, sha, at: { pipeline_id: id }, otherwise: { place, isDue: isPipelineRefused } };
}

/** The newest real pipeline; if there is none, the newest that only holds external statuses. */
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

/** The token may be unable to see a fork, or to write there. */
function isAccessDenied(error: unknown): boolean {
  return hasStatus(error, 403, 404) && !error.transient;
}

const nullIfDenied = nullIf(isAccessDenied);
