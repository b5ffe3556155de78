import type { Page, PipelineRun, RunConclusion, RunStatus } from '@integrations/contracts';
import {
  foreignCursor,
  pageOf,
  ProviderError,
  type RunsQuery,
  type UpstreamPage,
  utcTime,
} from '@integrations/provider-kit';
import type { GitLabClient } from '../vendors/gitlab/client';
import { unreadable } from '../vendors/gitlab/errors';
import type { ListPage } from '../vendors/gitlab/gitbeaker';

/** The fields we use of GitLab's pipeline, our run. The list includes neither its start nor its end. */
interface Pipeline {
  readonly id: number;
  readonly project_id?: number;
  readonly status?: string;
  readonly ref?: string | null;
  readonly sha?: string;
  readonly created_at?: string;
  readonly web_url?: string;
}

const STATUSES: Readonly<Record<string, RunStatus>> = {
  created: 'queued',
  waiting_for_resource: 'queued',
  preparing: 'queued',
  pending: 'queued',
  // Starts at a scheduled time.
  scheduled: 'queued',
  // Waits until somebody starts a job.
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
// A segment that consists of dots would change the meaning of the path.
const REPOSITORY = /^(?!.*(?:^|\/)\.+(?:\/|$))[^/?#\s]+(?:\/[^/?#\s]+)+$/;
const PAGE = /^n=(\d{1,4})(?:&page=(\d{1,5}))?$/;

/** The runs of a project. */
export function listRuns(client: GitLabClient, query: RunsQuery, signal: AbortSignal): Promise<Page<PipelineRun>> {
  const project = projectOf(query);
  const { commit, limit, cursor } = query;
  const fetch = (at: string) => runsOn(client, project, commit, at, signal);
  return pageOf(fetch, { limit, cursor, q: null }, ({ name }) => name);
}

/** The project's number or path. */
function projectOf({ pipeline, repository }: RunsQuery): string {
  if (pipeline === null && repository === null) {
    throw refused('give a repository or a pipeline to list its runs');
  }
  if (pipeline !== null && repository !== null) {
    throw refused('repository and pipeline both identify a project, by path and by number: give only one of them');
  }
  if (pipeline !== null && PROJECT.test(pipeline)) return pipeline;
  if (repository !== null && REPOSITORY.test(repository)) return repository;
  throw refused(
    pipeline === null
      ? 'repository must be the path of a project, such as acme/platform/shop'
      : 'pipeline must be the number of a project, as listed',
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
  const { data, paginationInfo } = (await client.atProject(project, read, signal)) as ListPage;
  if (!Array.isArray(data) || !data.every(isPipeline)) throw unreadable('the request for pipelines');
  const next = paginationInfo?.next;
  return { items: data.map(toRun), next: next ? `n=${n}&page=${next}` : null };
}

function isPipeline(value: unknown): value is Pipeline {
  return typeof (value as Partial<Pipeline> | null)?.id === 'number';
}

function toRun({ id, project_id, status = '', ref, sha, created_at, web_url }: Pipeline): PipelineRun {
  const conclusion = CONCLUSIONS[status] ?? null;
  return {
    ...{ id: String(id), pipelineId: project_id === undefined ? null : String(project_id), name: `#${id}` },
    ...{ status: conclusion ? 'completed' : (STATUSES[status] ?? 'queued'), conclusion },
    // A merge request pipeline runs on a ref of its own.
    branch: ref && !ref.startsWith('refs/') ? ref : null,
    commit: sha ?? null,
    ...{ createdAt: utcTime(created_at), startedAt: null, finishedAt: null },
    url: web_url ?? null,
  };
}
