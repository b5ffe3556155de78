import { type Page, type PipelineRun, type RunConclusion, type RunStatus, SHA_PATTERN } from '@integrations/contracts';
import { foreignCursor, ProviderError, type RunsQuery, utcTime } from '@integrations/provider-kit';
import { type CircleCiClient, projectPath, readPage } from './client';

/** What CircleCI calls a pipeline: all workflows that one push or trigger started. */
interface Triggered {
  readonly id: string;
  readonly number: number;
  /** True if its configuration was unusable, so that it has no workflows. */
  readonly isErrored: boolean;
  readonly createdAt: string | null;
  readonly branch: string | null;
  readonly commit: string | null;
}

/** Where a list continues. */
interface Position {
  /** CircleCI's page token; empty for the first page. */
  readonly page: string;
  /** The number of the pipeline whose runs come next; newer ones may have started since. Null for the newest. */
  readonly from: number | null;
  /** Number of its runs that were already returned. */
  readonly skip: number;
}

/** Maximum number of calls for one page of ours. */
const MAX_CALLS = 5;
/** All workflows of a pipeline are read, to sort them newest first. Hardly any pipeline has more than one page. */
const MAX_WORKFLOW_PAGES = 5;
const START: Position = { page: '', from: null, skip: 0 };
const POSITION = /^(\d{0,15})\.(\d{1,4})\.(.{0,2000})$/s;

const STATUSES: Readonly<Record<string, RunStatus>> = { running: 'running', failing: 'running', on_hold: 'waiting' };
const CONCLUSIONS: Readonly<Record<string, RunConclusion>> = {
  success: 'success',
  failed: 'failure',
  error: 'failure',
  // The user who started it may not use one of its contexts.
  unauthorized: 'failure',
  canceled: 'cancelled',
  not_run: 'skipped',
};

/** The workflows of one project, those of its newest pipeline first. */
export async function listRuns(
  client: CircleCiClient,
  query: RunsQuery,
  signal: AbortSignal,
): Promise<Page<PipelineRun>> {
  const { pipeline, repository, cursor } = query;
  if (repository !== null)
    throw new ProviderError(
      'invalid_request',
      'repository: CircleCI lists runs by project; name the project in pipeline',
    );
  if (pipeline === null)
    throw new ProviderError('invalid_request', 'pipeline: is required, because CircleCI lists runs by project');
  return new RunList(client, { slug: pipeline, path: projectPath(pipeline) }, query, signal).from(decodeCursor(cursor));
}

class RunList {
  readonly #runs: PipelineRun[] = [];
  #calls = 0;

  constructor(
    readonly client: CircleCiClient,
    readonly project: { readonly slug: string; readonly path: string },
    readonly query: RunsQuery,
    readonly signal: AbortSignal,
  ) {}

  async from(start: Position): Promise<Page<PipelineRun>> {
    let at = start;
    for (;;) {
      const { items, next } = await this.#triggered(at.page);
      for (const one of items) {
        if (one.number > (at.from ?? Infinity) || !this.#matchesCommit(one)) continue;
        const here = { page: at.page, from: one.number, skip: one.number === at.from ? at.skip : 0 };
        if (this.#isFull) return this.#pageUntil(here);
        const taken = this.#addRuns((await this.#runsOf(one)).slice(here.skip));
        if (taken !== null) return this.#pageUntil({ ...here, skip: here.skip + taken });
      }
      if (next === null) return this.#pageUntil(null);
      at = { ...at, page: next };
      if (this.#isFull) return this.#pageUntil(at);
    }
  }

  get #isFull(): boolean {
    return this.#calls >= MAX_CALLS || this.#runs.length >= this.query.limit;
  }

  /** Adds runs while there is room. Returns null if all fitted, otherwise the number that did. */
  #addRuns(runs: readonly PipelineRun[]): number | null {
    const room = this.query.limit - this.#runs.length;
    this.#runs.push(...runs.slice(0, room));
    return runs.length > room ? room : null;
  }

  #pageUntil(next: Position | null): Page<PipelineRun> {
    return { items: this.#runs, nextCursor: next && `${next.from ?? ''}.${next.skip}.${next.page}` };
  }

  #matchesCommit({ commit }: Triggered): boolean {
    return this.query.commit === null || this.query.commit === commit;
  }

  // https://circleci.com/docs/api/v2/#operation/listPipelinesForProject
  async #triggered(page: string): Promise<{ items: Triggered[]; next: string | null }> {
    const search = page === '' ? '' : `?page-token=${encodeURIComponent(page)}`;
    const answer = await this.#ask(`/v2/project/${this.project.path}/pipeline${search}`);
    const { items, next } = readPage(answer, 'pipelines');
    return { items: items.flatMap(triggeredOf), next };
  }

  async #runsOf(triggered: Triggered): Promise<PipelineRun[]> {
    if (triggered.isErrored) return [this.#failed(triggered)];
    const path = `/v2/pipeline/${encodeURIComponent(triggered.id)}/workflow`;
    const runs: PipelineRun[] = [];
    let search = '';
    let pages = 0;
    do {
      const { items, next } = readPage(await this.#ask(`${path}${search}`), 'workflows');
      runs.push(...items.flatMap((workflow) => this.#runOf(workflow, triggered)));
      search = next === null ? '' : `?page-token=${encodeURIComponent(next)}`;
    } while (search !== '' && ++pages < MAX_WORKFLOW_PAGES);
    return runs.sort((a, b) => Date.parse(b.createdAt ?? '') - Date.parse(a.createdAt ?? ''));
  }

  #ask(path: string) {
    this.#calls++;
    return this.client.ask(path, this.signal);
  }

  #runOf(workflow: Record<string, unknown>, { number, branch, commit }: Triggered): PipelineRun[] {
    const { id, name, status: word, created_at, stopped_at } = workflow;
    if (typeof id !== 'string') return [];
    const finishedAt = timeOf(stopped_at);
    const status =
      STATUSES[String(word)] ?? (finishedAt === null && !CONCLUSIONS[String(word)] ? 'running' : 'completed');
    const began = timeOf(created_at);
    return [
      {
        ...{ id, pipelineId: this.project.slug, name: `${typeof name === 'string' ? `${name} ` : ''}#${number}` },
        ...{ status, conclusion: status === 'completed' ? (CONCLUSIONS[String(word)] ?? null) : null },
        ...{ branch, commit, createdAt: began, startedAt: began },
        finishedAt: status === 'completed' ? finishedAt : null,
        url: `${this.#url(number)}/workflows/${id}`,
      },
    ];
  }

  /** A run for a pipeline without workflows: otherwise a commit with a broken configuration would seem never built. */
  #failed({ id, number, branch, commit, createdAt }: Triggered): PipelineRun {
    return {
      ...{ id, pipelineId: this.project.slug, name: `#${number}`, status: 'completed', conclusion: 'failure' },
      ...{ branch, commit, createdAt, startedAt: null, finishedAt: null, url: this.#url(number) },
    };
  }

  #url(number: number): string {
    return `${this.client.web}/pipelines/${this.project.path}/${number}`;
  }
}

function triggeredOf(pipeline: Record<string, unknown>): Triggered[] {
  const { id, number, state, created_at } = pipeline;
  if (typeof id !== 'string' || typeof number !== 'number') return [];
  return [{ id, number, isErrored: state === 'errored', createdAt: timeOf(created_at), ...checkoutOf(pipeline) }];
}

/** Projects that were created through an app have these in the trigger's parameters. */
function checkoutOf({ vcs, trigger_parameters }: Record<string, unknown>): Pick<Triggered, 'branch' | 'commit'> {
  const { revision, branch } = (vcs ?? {}) as Record<string, unknown>;
  const { git } = (trigger_parameters ?? {}) as { readonly git?: Record<string, unknown> };
  const [commit, name] = [revision ?? git?.['checkout_sha'], branch ?? git?.['branch']];
  return {
    branch: typeof name === 'string' && name !== '' ? name : null,
    commit: typeof commit === 'string' && SHA_PATTERN.test(commit) ? commit : null,
  };
}

function timeOf(value: unknown): string | null {
  return typeof value === 'string' ? utcTime(value) : null;
}

function decodeCursor(cursor: string | null): Position {
  if (cursor === null) return START;
  const [, from, skip, page] = POSITION.exec(cursor) ?? [];
  if (page === undefined) throw foreignCursor();
  return { page, from: from === '' ? null : Number(from), skip: Number(skip) };
}
