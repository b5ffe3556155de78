import type { Page, Workload, WorkloadState } from '@integrations/contracts';
import {
  meetsLabels,
  pageOf,
  type RuntimeHostConnector,
  unreadable,
  type UpstreamPage,
  utcTime,
  type WorkloadsQuery,
} from '@integrations/provider-kit';
import { ALL_NAMESPACES, type NomadClient } from './client';
import { type AllocationStub, containersOf, type Job, labelsOf } from './jobs';
import { readJobs } from './read-jobs';

/** Allocations that run or will; not `complete`, `failed` or `lost`. `unknown`: the node has lost contact. */
const LISTED = ['pending', 'running', 'unknown'];
/** Each distinct job on a page costs one call, for its images. */
const PER_PAGE = 25;
/** Our page size: the calls run in sequence, and more of them would exceed a page's time at a distant cluster. */
const MAX_ITEMS = 50;

/** Lists the allocations of a Nomad cluster in order of creation. */
export function nomadRuntime(client: NomadClient): RuntimeHostConnector {
  return { listWorkloads: (query, signal) => allocations(client, query, signal) };
}

async function allocations(
  client: NomadClient,
  { limit, cursor, q, namespace, labels }: WorkloadsQuery,
  signal: AbortSignal,
): Promise<Page<Workload>> {
  const isElsewhere = client.namespace !== null && namespace !== null && namespace !== client.namespace;
  if (isElsewhere) return { items: [], nextCursor: null };
  const within = namespace ?? client.namespace ?? ALL_NAMESPACES;
  const fetch = async (query: string): Promise<UpstreamPage<Workload>> => {
    const { stubs, next } = await readPage(client, within, new URLSearchParams(query).get('next_token'), signal);
    const named = stubs.filter(({ Name }) => q === null || Name.toLowerCase().includes(q));
    const jobs = await readJobs(client, named, signal);
    const items = [...jobs].map(([stub, job]) => toWorkload(stub, job));
    return { items: items.filter((workload) => meetsLabels(workload.labels, labels)), next };
  };
  return pageOf(fetch, { limit: Math.min(limit, MAX_ITEMS), cursor, q: null }, ({ name }) => name);
}

async function readPage(client: NomadClient, namespace: string, token: string | null, signal: AbortSignal) {
  const { data, headers } = await client.get(
    '/allocations',
    {
      namespace,
      per_page: String(PER_PAGE),
      filter: LISTED.map((status) => `ClientStatus == "${status}"`).join(' or '),
      ...(token === null ? {} : { next_token: token }),
    },
    signal,
  );
  if (!Array.isArray(data) || !data.every(isStub)) throw unreadable('Nomad', 'GET /v1/allocations');
  const next = headers['x-nomad-nexttoken'];
  return { stubs: data as readonly AllocationStub[], next: next ? `next_token=${encodeURIComponent(next)}` : null };
}

function isStub(value: unknown): value is AllocationStub {
  const { ID, Name, Namespace, JobID, JobVersion, TaskGroup } = (value ?? {}) as Partial<AllocationStub>;
  const texts = [ID, Name, Namespace, JobID, TaskGroup];
  return texts.every((text) => typeof text === 'string') && typeof JobVersion === 'number';
}

function toWorkload(stub: AllocationStub, job: Job): Workload {
  return {
    id: stub.ID,
    kind: 'allocation',
    namespace: stub.Namespace,
    name: stub.Name,
    owner: { kind: 'job', name: stub.JobID },
    node: stub.NodeName || null,
    state: stateOf(stub),
    startedAt: startOf(stub),
    labels: labelsOf(job, stub.TaskGroup),
    containers: containersOf(job, stub.TaskGroup),
  };
}

function stateOf({ DesiredStatus, ClientStatus }: AllocationStub): WorkloadState {
  if (ClientStatus === 'unknown') return 'unknown';
  if (DesiredStatus !== 'run') return 'stopping';
  return ClientStatus === 'running' ? 'running' : 'pending';
}

/** When the first task of the allocation started. */
function startOf({ TaskStates }: AllocationStub): string | null {
  const times = Object.values(TaskStates ?? {}).flatMap(({ StartedAt }) => utcTime(StartedAt) ?? []);
  return times.sort()[0] ?? null;
}
