import type { Page, PipelineRun, RunConclusion, RunStatus } from '@integrations/contracts';
import { pageOf, ProviderError, type RunsQuery } from '@integrations/provider-kit';
import { NAMESPACE } from '../vendors/kubernetes/cluster-config';
import { type ClusterObject, timeOf } from '../vendors/kubernetes/objects';
import type { ArgoClient } from './client';
import { pageOfList } from './lists';
import { pipelineIdOf, runsOf } from './pipelines';

/** The fields of a Workflow that we use. https://argo-workflows.readthedocs.io/en/latest/fields/#workflow */
interface Workflow extends ClusterObject {
  readonly spec?: { readonly suspend?: boolean; readonly shutdown?: string };
  readonly status?: {
    readonly phase?: string;
    readonly startedAt?: string | null;
    readonly finishedAt?: string | null;
  };
}

/** The only fields to request: a complete workflow contains every one of its steps. */
const FIELDS = [
  ...['uid', 'name', 'namespace', 'creationTimestamp', 'labels'].map((field) => `items.metadata.${field}`),
  ...['items.spec.suspend', 'items.spec.shutdown'],
  ...['phase', 'startedAt', 'finishedAt'].map((field) => `items.status.${field}`),
];
/** Argo omits `continue` unless it has to count the remaining items. */
const COUNTED = 'ext.showRemainingItemCount=true';

const PHASES: Readonly<Record<string, readonly [RunStatus, RunConclusion | null]>> = {
  Pending: ['queued', null],
  Running: ['running', null],
  Succeeded: ['completed', 'success'],
  Failed: ['completed', 'failure'],
  Error: ['completed', 'failure'],
};

/** Live and archived workflows, newest first. Argo Workflows lists both since 3.5. */
export async function listRuns(client: ArgoClient, query: RunsQuery, signal: AbortSignal): Promise<Page<PipelineRun>> {
  const { namespace, selector } = filtersOf(client, query);
  const labels: Record<string, string> = selector === null ? {} : { 'listOptions.labelSelector': selector };
  const params = { 'listOptions.fieldSelector': COUNTED, ...labels, fields: ['metadata', ...FIELDS].join(',') };
  const fetch = async (at: string) => {
    const list = { name: 'workflows', params } as const;
    const { items, next } = await pageOfList<Workflow>({ ...client, namespace }, list, at, signal);
    // Within each page, Argo puts running workflows first.
    return { items: items.map((item) => runOf(client.endpoint, item)).sort(newestFirst), next };
  };
  return pageOf(fetch, { limit: query.limit, cursor: query.cursor, q: null }, ({ name }) => name);
}

function filtersOf(client: ArgoClient, { pipeline, repository, commit }: RunsQuery) {
  if (repository !== null) throw new ProviderError('invalid_request', 'repository: Argo Workflows has no repositories');
  if (commit !== null)
    throw new ProviderError('invalid_request', 'commit: Argo Workflows does not record the commit of a run');
  if (pipeline === null) return { namespace: client.namespace, selector: null };
  const { namespace, selector } = runsOf(pipeline);
  if (NAMESPACE.test(namespace) && (client.namespace ?? namespace) === namespace) return { namespace, selector };
  throw new ProviderError('invalid_request', 'pipeline: is not in the namespace of this integration');
}

function runOf(endpoint: string, { metadata, spec, status }: Workflow): PipelineRun {
  const { uid, name, namespace = '', labels = {} } = metadata;
  return {
    id: uid,
    pipelineId: pipelineIdOf(namespace, labels),
    name,
    ...stateOf(status, spec),
    ...{ branch: null, commit: null },
    createdAt: timeOf(metadata.creationTimestamp),
    startedAt: timeOf(status?.startedAt),
    finishedAt: timeOf(status?.finishedAt),
    url: `${endpoint}/workflows/${namespace}/${name}?uid=${uid}`,
  };
}

/** A workflow that somebody ended has failed; `spec.shutdown` shows it. https://argo-workflows.readthedocs.io/en/latest/fields/#workflowstatus */
function stateOf(
  { phase, finishedAt }: NonNullable<Workflow['status']> = {},
  spec: Workflow['spec'],
): Pick<PipelineRun, 'status' | 'conclusion'> {
  const unknown = [finishedAt ? 'completed' : 'running', null] as const;
  const [status, conclusion] = PHASES[phase || 'Pending'] ?? unknown;
  if (status !== 'completed') return { status: spec?.suspend ? 'waiting' : status, conclusion: null };
  return { status, conclusion: conclusion === 'failure' && spec?.shutdown ? 'cancelled' : conclusion };
}

function newestFirst(a: PipelineRun, b: PipelineRun): number {
  return Date.parse(b.createdAt ?? '') - Date.parse(a.createdAt ?? '') || 0;
}
