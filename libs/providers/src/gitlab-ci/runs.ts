import type { Page, PipelineRun, RunConclusion, RunStatus } from '@integrations/contracts';
import {
  foreignCursor,
  hasCode,
  pageOf,
  ProviderError,
  type RunsQuery,
  type UpstreamPage,
  utcTime,
} from '@integrations/provider-kit';
import type { GitLabClient } from '../vendors/gitlab/client';
import { unreadable } from '../vendors/gitlab/errors';

/** The fields we use of what GitLab calls a pipeline. The list has neither when it started nor when it ended. */
interface Pipeline {
  readonly id: number;
  readonly project_id?: number;
  readonly status?: string;
  readonly ref?: string | null;
  readonly sha?: string;
  readonly created_at?: string;
  readonly web_url?: string;
}

/** What Gitbeaker answers when it is asked for one page. */
interface ListPage {
  readonly data?: unknown;
  readonly paginationInfo?: { readonly next?: number | null };
}

const STATUSES: Readonly<Record<string, RunStatus>> = {
  created: 'queued',
  waiting_for_resource: 'queued',
  preparing: 'queued',
  pending: 'queued',
  // At a time that was set.
  scheduled: 'queued',
  // Nothing goes on before somebody starts a job.
  manual: 'waiting',
  running: 'running',
  waiting_for_callback: 'running',
  canceling: 'running',
};

const CONCLUSIONS: Readonly<Record<string, RunConclusion>> = {
  success: 'success',
  failed: 'failure',
  canceled: 'cancelled',
  skipped: 'skipped',
};

const PROJECT = /^[1-9]\d{0,14}$/;
// A segment of dots alone would lead out of the path that it stands in.
const REPOSITORY = /^(?!.*(?:^|\/)\.+(?:\/|$))[^/?#\s]+(?:\/[^/?#\s]+)+$/;
const PAGE = /^n=(\d{1,4})(?:&page=(\d{1,5}))?$/;

/** The runs of a project. */
export function listRuns(client: GitLabClient, query: RunsQuery, signal: AbortSignal): Promise<Page<PipelineRun>> {
  const project = projectOf(query);
  const { commit, limit, cursor } = query;
  const fetch = (at: string) => runsOn(client, project, commit, at, signal);
  return pageOf(fetch, { limit, cursor, q: null }, ({ name }) => name);
}

/** By its number or its path. */
function projectOf({ pipeline, repository }: RunsQuery): string {
  if (pipeline === null && repository === null) {
    throw refused('runs are listed of a repository or a pipeline: name one of the two');
  }
  if (pipeline !== null && repository !== null) {
    throw refused('repository and pipeline are one project by its path and by its number: name one of the two');
  }
  if (pipeline !== null && PROJECT.test(pipeline)) return pipeline;
  if (repository !== null && REPOSITORY.test(repository)) return repository;
  throw refused(
    pipeline === null
      ? 'repository has to be the path of a project, such as acme/platform/shop'
      : 'pipeline has to be the number of a project, as listed',
  );
}

function refused(why: string): ProviderError {
  return new ProviderError('invalid_request', `GitLab CI/CD: ${why}`);
}

// https://docs.gitlab.com/api/pipelines/#list-project-pipelines
async function runsOn(
  client: GitLabClient,
  project: string,
  commit: string | null,
  at: string,
  signal: AbortSignal,
): Promise<UpstreamPage<PipelineRun>> {
  const [, n, page = '1'] = PAGE.exec(at) ?? [];
  if (n === undefined) throw foreignCursor();
  const options = { orderBy: 'id', sort: 'desc', perPage: Number(n), page: Number(page), showExpanded: true } as const;
  const read = async (id: string) =>
    (await client.read(signal)).pipelines.all(id, { ...options, ...(commit === null ? {} : { sha: commit }) });
  const { data, paginationInfo } = (await client.atProject(project, read, signal).catch(asRefused)) as ListPage;
  if (!Array.isArray(data) || !data.every(isPipeline)) throw unreadable('the question for pipelines');
  const next = paginationInfo?.next;
  return { items: data.map(toRun), next: next ? `n=${n}&page=${next}` : null };
}

/** GitLab says no more than that it is forbidden. */
function asRefused(error: unknown): never {
  const isUntold = hasCode(error, 'permission_missing') && error.httpStatus === 403;
  if (!isUntold || error.message.includes('needed:')) throw error;
  const message = `${error.message}; or CI/CD is switched off in the project`;
  throw new ProviderError(error.code, message, { cause: error, httpStatus: 403 });
}

function isPipeline(value: unknown): value is Pipeline {
  return typeof (value as Partial<Pipeline> | null)?.id === 'number';
}

function toRun({ id, project_id, status = '', ref, sha, created_at, web_url }: Pipeline): PipelineRun {
  const conclusion = CONCLUSIONS[status] ?? null;
  return {
    ...{ id: String(id), pipelineId: project_id === undefined ? null : String(project_id), name: `#${id}` },
    ...{ status: conclusion ? 'completed' : (STATUSES[status] ?? 'queued'), conclusion },
    // That of a merge request runs on a ref of its own.
    branch: ref && !ref.startsWith('refs/') ? ref : null,
    commit: sha ?? null,
    ...{ createdAt: utcTime(created_at), startedAt: null, finishedAt: null },
    url: web_url ?? null,
  };
}
