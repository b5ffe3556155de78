import { type Page, type PipelineRun, type RunConclusion, SHA_PATTERN } from '@integrations/contracts';
import { foreignCursor, ProviderError, type RunsQuery, type UpstreamPage, webUrl } from '@integrations/provider-kit';
import type { ClusterApi } from '../vendors/kubernetes/cluster-api';
import {
  type ClusterObject,
  namespacesOf,
  type ObjectList,
  pageOfObjects,
  timeOf,
} from '../vendors/kubernetes/objects';
import { GROUP } from './pipelines';

/** The fields of a PipelineRun that we use. https://tekton.dev/docs/pipelines/pipeline-api/#tekton.dev/v1.PipelineRun */
interface TektonRun extends ClusterObject {
  readonly spec?: { readonly status?: string; readonly pipelineRef?: { readonly name?: string } };
  readonly status?: {
    readonly startTime?: string;
    readonly completionTime?: string;
    readonly conditions?: readonly { readonly type?: string; readonly status?: string; readonly reason?: string }[];
  };
}

/** The prefix of the labels and annotations that Pipelines as Code sets on its runs. https://pipelinesascode.com/docs/guide/repositorycrd/ */
const PAC = 'pipelinesascode.tekton.dev';
const PIPELINE = /^([^/]+)\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)$/;
const CURSOR = /^(\d{4}-\d\d-\d\dT[\d:.]{8,12}Z) (\S{1,100})$/;
/** A run contains its whole pipeline twice, so pages must be small. */
const RUNS_PER_PAGE = 100;
const MAX_CALLS = 5;
const EPOCH = new Date(0).toISOString();

const FAILURES: Readonly<Record<string, RunConclusion>> = {
  PipelineRunTimeout: 'timed_out',
  Cancelled: 'cancelled',
  CancelledRunningFinally: 'cancelled',
  StoppedRunningFinally: 'cancelled',
  PipelineRunCancelled: 'cancelled',
};

/**
 * Runs, newest first. The API cannot sort, so all matching runs are read page by page and sorted here. Throws
 * `too_large` if there are more than MAX_CALLS pages of them.
 */
export async function listRuns(
  api: ClusterApi,
  configured: readonly string[] | undefined,
  query: RunsQuery,
  signal: AbortSignal,
): Promise<Page<PipelineRun>> {
  const after = query.cursor === null ? null : decodeCursor(query.cursor);
  const list = listOf(query, configured);
  const runs: PipelineRun[] = [];
  let at: string | null = `n=${RUNS_PER_PAGE}`;
  for (let calls = 0; at !== null; calls++) {
    if (calls === MAX_CALLS) throw tooMany();
    const page: UpstreamPage<TektonRun> = await pageOfObjects<TektonRun>(api, list, at, signal);
    runs.push(...page.items.map(runOf).filter(({ commit }) => query.commit === null || commit === query.commit));
    at = page.next;
  }
  const left = runs.sort(newestFirst).filter((run) => after === null || newestFirst(after, run) < 0);
  const items = left.slice(0, query.limit);
  return { items, nextCursor: left.length > items.length ? encodeCursor(items.at(-1)!) : null };
}

function listOf({ pipeline, repository, commit }: RunsQuery, configured: readonly string[] | undefined): ObjectList {
  if (repository !== null) {
    throw new ProviderError('invalid_request', 'repository: Tekton lists runs by pipeline and by commit only');
  }
  const [, namespace = null, name] = pipeline === null ? [] : (PIPELINE.exec(pipeline) ?? []);
  if (pipeline !== null && name === undefined) {
    throw new ProviderError('invalid_request', 'pipeline: must be the id of a pipeline, <namespace>/<name>');
  }
  const labels = [
    ...(name === undefined ? [] : [`tekton.dev/pipeline=${name}`]),
    ...(commit === null ? [] : [`${PAC}/sha=${labelOf(commit)}`]),
  ];
  return {
    ...{ group: GROUP, resource: 'pipelineruns', most: RUNS_PER_PAGE },
    namespaces: namespacesOf(configured, namespace, 'pipeline'),
    selectors: labels.length === 0 ? {} : { labelSelector: labels.join(',') },
  };
}

/** A label value has at most 63 characters. Of longer values, Pipelines as Code keeps the last 62. */
function labelOf(commit: string): string {
  return commit.length < 63 ? commit : commit.slice(-62);
}

function runOf({ metadata, spec, status }: TektonRun): PipelineRun {
  const { annotations = {}, labels = {} } = metadata;
  const name = spec?.pipelineRef?.name;
  const commit = annotations[`${PAC}/sha`] ?? labels[`${PAC}/sha`] ?? '';
  return {
    id: metadata.uid,
    pipelineId: name === undefined ? null : `${metadata.namespace}/${name}`,
    name: metadata.name,
    ...stateOf(spec?.status, status?.conditions),
    branch: annotations[`${PAC}/source-branch`]?.replace(/^refs\/heads\//, '') || null,
    commit: SHA_PATTERN.test(commit) ? commit : null,
    createdAt: timeOf(metadata.creationTimestamp),
    startedAt: timeOf(status?.startTime),
    finishedAt: timeOf(status?.completionTime),
    url: webUrl(annotations[`${PAC}/log-url`]),
  };
}

/** https://tekton.dev/docs/pipelines/pipelineruns/#monitoring-execution-status */
function stateOf(
  wanted: string | undefined,
  conditions: NonNullable<TektonRun['status']>['conditions'] = [],
): Pick<PipelineRun, 'status' | 'conclusion'> {
  const { status, reason = '' } = conditions.find(({ type }) => type === 'Succeeded') ?? {};
  if (status === 'True') return { status: 'completed', conclusion: 'success' };
  if (status === 'False') return { status: 'completed', conclusion: FAILURES[reason] ?? 'failure' };
  const isQueued = status === undefined || wanted === 'PipelineRunPending' || reason === 'PipelineRunPending';
  return { status: isQueued ? 'queued' : 'running', conclusion: null };
}

type Place = Pick<PipelineRun, 'createdAt' | 'id'>;

function newestFirst(a: Place, b: Place): number {
  return compare(b.createdAt ?? EPOCH, a.createdAt ?? EPOCH) || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function encodeCursor({ createdAt, id }: Place): string {
  return `${createdAt ?? EPOCH} ${id}`;
}

function decodeCursor(cursor: string): Place {
  const [, createdAt, id] = CURSOR.exec(cursor) ?? [];
  if (createdAt !== undefined && id !== undefined) return { createdAt, id };
  throw foreignCursor();
}

function tooMany(): ProviderError {
  const message = `The cluster keeps more than ${MAX_CALLS * RUNS_PER_PAGE} runs: name a pipeline or a commit, or have old runs pruned`;
  return new ProviderError('too_large', message);
}
