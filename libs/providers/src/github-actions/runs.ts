import type { Page, PipelineRun, RunConclusion, RunStatus } from '@integrations/contracts';
import { foreignCursor, pageOf, type RunsQuery, type UpstreamPage, utcTime } from '@integrations/provider-kit';
import type { GitHubClient } from '../vendors/github/client';
import { unreadable } from '../vendors/github/errors';
import { hasNext } from '../vendors/github/repository';
import { actionsPath, pipelineId, type Place, placeOf } from './place';

/** The fields we use of a run. */
interface WorkflowRun {
  readonly id: number;
  readonly name?: string | null;
  readonly run_number: number;
  readonly workflow_id: number;
  readonly head_branch?: string | null;
  readonly head_sha?: string;
  readonly status?: string | null;
  readonly conclusion?: string | null;
  readonly created_at?: string;
  readonly run_started_at?: string;
  readonly updated_at?: string;
  readonly html_url?: string;
  readonly repository?: { readonly full_name?: string };
}

const STATUSES: Readonly<Record<string, RunStatus>> = {
  requested: 'queued',
  queued: 'queued',
  // Waits for another run of its concurrency group.
  pending: 'queued',
  // Waits for an approval or a delay that a protection rule of its environment requires.
  waiting: 'waiting',
  in_progress: 'running',
  completed: 'completed',
};

const CONCLUSIONS: Readonly<Record<string, RunConclusion>> = {
  success: 'success',
  failure: 'failure',
  startup_failure: 'failure',
  neutral: 'neutral',
  cancelled: 'cancelled',
  skipped: 'skipped',
  timed_out: 'timed_out',
  // GitHub gave up on it because it took too long.
  stale: 'timed_out',
};

const PAGE = /^n=(\d{1,4})(?:&page=(\d{1,5}))?$/;

/** The runs of a repository, or of one of its workflows. */
export function listRuns(client: GitHubClient, query: RunsQuery, signal: AbortSignal): Promise<Page<PipelineRun>> {
  const place = placeOf(query);
  const { commit, limit, cursor } = query;
  return pageOf(
    (at) => runsOn(client, place, commit, at, signal),
    { limit, cursor, q: null },
    ({ name }) => name,
  );
}

// https://docs.github.com/en/rest/actions/workflow-runs
async function runsOn(
  client: GitHubClient,
  place: Place,
  commit: string | null,
  at: string,
  signal: AbortSignal,
): Promise<UpstreamPage<PipelineRun>> {
  const [, n, page = '1'] = PAGE.exec(at) ?? [];
  if (n === undefined) throw foreignCursor();
  const of = place.workflow === null ? '' : `/workflows/${place.workflow}`;
  const path = `${actionsPath(place)}${of}/runs`;
  const query = { per_page: n, page, ...(commit === null ? {} : { head_sha: commit }) };
  const answer = await client.asInstallation(
    { ...place, permission: 'actions' },
    { method: 'GET', path, query },
    signal,
  );
  const { workflow_runs: runs } = answer.data as { workflow_runs?: unknown };
  if (!Array.isArray(runs) || !runs.every(isRun)) {
    throw unreadable(`GET ${path}`);
  }
  const isLast = !hasNext(answer, runs.length, Number(n));
  return { items: runs.map((run) => toRun(place, run)), next: isLast ? null : `n=${n}&page=${Number(page) + 1}` };
}

function isRun(value: unknown): value is WorkflowRun {
  const { id, run_number, workflow_id } = (value ?? {}) as Partial<WorkflowRun>;
  return [id, run_number, workflow_id].every((one) => typeof one === 'number');
}

function toRun({ owner, repository }: Place, run: WorkflowRun): PipelineRun {
  const status = statusOf(run);
  return {
    id: String(run.id),
    pipelineId: pipelineId(run.repository?.full_name ?? `${owner}/${repository}`, run.workflow_id),
    name: `${run.name ? `${run.name} ` : ''}#${run.run_number}`,
    status,
    conclusion: status === 'completed' ? (CONCLUSIONS[run.conclusion ?? ''] ?? null) : null,
    branch: run.head_branch ?? null,
    commit: run.head_sha ?? null,
    createdAt: utcTime(run.created_at),
    startedAt: utcTime(run.run_started_at),
    // GitHub sends no end time; its own command line uses this field as well.
    finishedAt: status === 'completed' ? utcTime(run.updated_at) : null,
    url: run.html_url ?? null,
  };
}

/** A run of an outsider's pull request is reported as completed before it starts: it waits for an approval. */
function statusOf({ status, conclusion }: WorkflowRun): RunStatus {
  if (conclusion === 'action_required') return 'waiting';
  return STATUSES[status ?? ''] ?? (conclusion ? 'completed' : 'queued');
}
