import type { Workload, WorkloadState } from '@integrations/contracts';
import {
  foreignCursor,
  meetsLabels,
  type Opening,
  pageOfOpen,
  type RuntimeHostConnector,
  unreadable,
  type UpstreamPage,
  utcTime,
  type WorkloadsQuery,
} from '@integrations/provider-kit';
import { faultOf, isDenied } from '../vendors/aws/errors';
import type { EcsClient } from './client';

/** The fields we use: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html */
interface Task {
  readonly taskArn: string;
  readonly taskDefinitionArn?: string;
  readonly clusterArn: string;
  readonly group?: string;
  readonly lastStatus?: string;
  readonly containerInstanceArn?: string;
  /** Seconds since the epoch. */
  readonly startedAt?: number;
  readonly containers?: readonly Container[];
  readonly tags?: readonly { readonly key?: string; readonly value?: string }[];
}

interface Container {
  readonly name?: string;
  readonly image?: string;
  readonly imageDigest?: string;
}

/** Where a list continues: a page of clusters, the index of a cluster on it, and a page of the cluster's tasks. */
interface Place {
  readonly clustersToken: string | null;
  readonly cluster: number;
  readonly tasksToken: string | null;
}

/** The most that one call can describe. */
const TASKS = 100;
const CLUSTERS = 10;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html */
const STATES: Readonly<Record<string, WorkloadState>> = {
  PROVISIONING: 'pending',
  PENDING: 'pending',
  ACTIVATING: 'pending',
  RUNNING: 'running',
  DEACTIVATING: 'stopping',
  STOPPING: 'stopping',
  DEPROVISIONING: 'stopping',
};

/** States of tasks in which nothing runs any more. */
const ENDED = ['STOPPED', 'DELETED'];

const NONE = { arns: [], nextToken: null };

/**
 * Lists the tasks of one cluster after another. A task's namespace is its cluster, and its labels are its tags. Skips
 * clusters whose tasks the credential may not list. Throws the refusal if it may list none, or if the caller asked for
 * that cluster.
 */
export function ecsRuntime(client: EcsClient): RuntimeHostConnector {
  return {
    listWorkloads: (query, signal) => {
      const coversAllClusters = client.cluster === null && query.namespace === null;
      const passThrough: Opening = (list) => list;
      const pages = (opened: Opening) => (page: string) =>
        pageOfTasks(client, query, page, coversAllClusters ? opened : passThrough, signal);
      return pageOfOpen(pages, query, ({ name }) => name, isDenied);
    },
  };
}

async function pageOfTasks(
  client: EcsClient,
  { namespace, labels }: WorkloadsQuery,
  page: string,
  opened: Opening,
  signal: AbortSignal,
): Promise<UpstreamPage<Workload>> {
  if (client.cluster !== null && namespace !== null && namespace !== client.cluster) return { items: [], next: null };
  const only = namespace ?? client.cluster;
  const place = decodePlace(page);
  const clusters = only === null ? await clustersAt(client, place, signal) : { arns: [only], nextToken: null };
  const cluster = clusters.arns[place.cluster];
  // Clusters were deleted meanwhile, or AWS has sent an empty page that is not the last.
  if (cluster === undefined) return { items: [], next: encodePlace(following(place, null, clusters)) };
  const { tasks, nextToken } = await tasksAt(client, cluster, place, opened, signal).catch((error: unknown) => {
    // A namespace in a query may not exist, and a listed cluster may have been deleted: no error. A missing cluster
    // that the integration itself names is an error.
    if (client.cluster === null && isUnknownCluster(error)) return { tasks: [], nextToken: null };
    throw error;
  });
  const items = tasks.flatMap(toWorkload).filter((workload) => meetsLabels(workload.labels, labels));
  return { items, next: encodePlace(following(place, nextToken, clusters)) };
}

function clustersAt(client: EcsClient, { clustersToken }: Place, signal: AbortSignal) {
  const input = { maxResults: CLUSTERS, ...(clustersToken === null ? {} : { nextToken: clustersToken }) };
  return client.list('ListClusters', 'clusterArns', input, signal);
}

async function tasksAt(
  client: EcsClient,
  cluster: string,
  { tasksToken }: Place,
  opened: Opening,
  signal: AbortSignal,
) {
  const input = { cluster, maxResults: TASKS, ...(tasksToken === null ? {} : { nextToken: tasksToken }) };
  const { arns, nextToken } = (await opened(client.list('ListTasks', 'taskArns', input, signal))) ?? NONE;
  if (arns.length === 0) return { tasks: [], nextToken };
  // Tasks that have ended meanwhile are reported as failures and are ignored here.
  const { tasks } = await client.ask('DescribeTasks', { cluster, tasks: arns, include: ['TAGS'] }, signal);
  if (!Array.isArray(tasks) || !tasks.every(isTask)) throw unreadable('ECS', 'DescribeTasks');
  return { tasks: inOrder(tasks, arns), nextToken };
}

function inOrder(tasks: readonly Task[], arns: readonly string[]): readonly Task[] {
  return tasks.toSorted((a, b) => arns.indexOf(a.taskArn) - arns.indexOf(b.taskArn));
}

function following(
  { clustersToken, cluster }: Place,
  tasksToken: string | null,
  { arns, nextToken }: { readonly arns: readonly string[]; readonly nextToken: string | null },
): Place | null {
  if (tasksToken !== null) return { clustersToken, cluster, tasksToken };
  if (cluster + 1 < arns.length) return { clustersToken, cluster: cluster + 1, tasksToken: null };
  return nextToken === null ? null : { clustersToken: nextToken, cluster: 0, tasksToken: null };
}

function encodePlace(place: Place | null): string | null {
  if (!place) return null;
  const { clustersToken, cluster, tasksToken } = place;
  return new URLSearchParams({
    ...{ cluster: String(cluster) },
    ...(clustersToken === null ? {} : { clusters: clustersToken }),
    ...(tasksToken === null ? {} : { tasks: tasksToken }),
  }).toString();
}

function decodePlace(page: string): Place {
  const query = new URLSearchParams(page);
  const cluster = Number(query.get('cluster') ?? 0);
  if (!Number.isInteger(cluster) || cluster < 0) throw foreignCursor();
  return { clustersToken: query.get('clusters'), cluster, tasksToken: query.get('tasks') };
}

function isTask(value: unknown): value is Task {
  const { taskArn, clusterArn, containers = [] } = (value ?? {}) as Partial<Task>;
  return typeof taskArn === 'string' && typeof clusterArn === 'string' && Array.isArray(containers);
}

/** The workload of a task; none for a stopped task. */
function toWorkload(task: Task): Workload[] {
  const { taskArn, clusterArn, group = '', lastStatus = '', startedAt, containers = [], tags = [] } = task;
  if (ENDED.includes(lastStatus)) return [];
  const [, service] = /^service:(.+)$/.exec(group) ?? [];
  // `arn:aws:ecs:eu-central-1:111122223333:task-definition/shop:7`
  const family = nameIn(task.taskDefinitionArn ?? '').replace(/:\d+$/, '');
  return [
    {
      ...{ id: taskArn, kind: 'task', namespace: nameIn(clusterArn), name: `${family}/${nameIn(taskArn)}` },
      owner: service === undefined ? null : { kind: 'service', name: service },
      node: task.containerInstanceArn === undefined ? null : nameIn(task.containerInstanceArn),
      state: STATES[lastStatus] ?? 'unknown',
      startedAt: utcTime(startedAt === undefined ? null : startedAt * 1_000),
      labels: Object.fromEntries(tags.flatMap(({ key, value }) => (key === undefined ? [] : [[key, value ?? '']]))),
      containers: containers.map(({ name = '', image = '', imageDigest = '' }) => ({
        ...{ name, image },
        digest: DIGEST.test(imageDigest) ? imageDigest : null,
      })),
    },
  ];
}

/** The last part of an ARN. */
function nameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

function isUnknownCluster(error: unknown): boolean {
  return faultOf(error)?.type === 'ClusterNotFoundException';
}
