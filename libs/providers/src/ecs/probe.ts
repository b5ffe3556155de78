import type { ProbeVerdict } from '@integrations/contracts';
import {
  type IntegrationConfig,
  type Probe,
  ProbeFailure,
  type ProviderDeps,
  runProbe,
  unreadable,
} from '@integrations/provider-kit';
import { asDenied, permissionsOf, principalOf } from '../vendors/aws/probe';
import { EcsClient } from './client';
import type { EcsConfig } from './config';

/** Required to list workloads. */
export const REQUIRED = ['ecs:ListClusters', 'ecs:DescribeClusters', 'ecs:ListTasks', 'ecs:DescribeTasks'];
/** An id that no task has: enough to find out whether tasks may be described. */
const NO_TASK = '0'.repeat(32);

type Integration = IntegrationConfig<EcsConfig>;

/** Thorough: checks our identity, each call that listing needs, and the state of the cluster. Reads only. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      identity: async (probe) => {
        const { arn } = await new EcsClient(integration, probe.deps).identity.caller(probe.signal);
        probe.note({ principal: principalOf(arn) });
      },
      permissions: (probe) => prove(probe, new EcsClient(integration, probe.deps)),
    },
  });
}

/** Cheap: one call, which describes the configured cluster or else lists one cluster. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: async (probe) => {
        const client = new EcsClient(integration, probe.deps);
        if (client.cluster === null) await client.list('ListClusters', 'clusterArns', { maxResults: 1 }, probe.signal);
        else await checkCluster(client, client.cluster, probe.signal);
        probe.note({ server: { product: 'Amazon ECS' } });
      },
    },
  });
}

/** With a configured cluster, `ecs:ListClusters` is not required. */
async function prove(probe: Probe, client: EcsClient): Promise<void> {
  const { signal, note } = probe;
  const required = client.cluster === null ? REQUIRED : REQUIRED.slice(1);
  const granted: string[] = [];
  const tried = async <T>(action: string, answer: Promise<T>): Promise<T | null> => {
    const result = await answer.catch(asDenied);
    if (result !== null) granted.push(action);
    return result;
  };
  const one = { maxResults: 1 };
  const first = async () => {
    const found = await tried('ecs:ListClusters', client.list('ListClusters', 'clusterArns', one, signal));
    return found?.arns[0];
  };
  const cluster = client.cluster ?? (await first());
  if (cluster === undefined) return noteUnproven(probe, granted);
  await tried('ecs:DescribeClusters', checkCluster(client, cluster, signal));
  await tried('ecs:ListTasks', client.list('ListTasks', 'taskArns', { cluster, ...one }, signal));
  await tried('ecs:DescribeTasks', client.ask('DescribeTasks', { cluster, tasks: [NO_TASK] }, signal));
  note({ server: { product: 'Amazon ECS' }, permissions: permissionsOf(required, granted) });
}

function noteUnproven({ note }: Probe, granted: readonly string[]): void {
  if (granted.length === 0) return note({ permissions: permissionsOf(REQUIRED, granted) });
  note({
    server: { product: 'Amazon ECS' },
    warnings: ['There is no cluster in this region: the rights to read are not proven'],
  });
}

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Cluster.html
async function checkCluster(client: EcsClient, cluster: string, signal: AbortSignal): Promise<void> {
  const { clusters } = await client.ask('DescribeClusters', { clusters: [cluster] }, signal);
  if (!Array.isArray(clusters)) throw unreadable('ECS', 'DescribeClusters');
  const [found] = clusters as readonly { readonly status?: unknown }[];
  // For an unknown cluster, ECS answers 200 with the reason MISSING among its failures.
  if (!found) throw new ProbeFailure('not_found_or_hidden', `ECS has no cluster ${cluster} in this account and region`);
  if (found.status === 'ACTIVE' || found.status === 'PROVISIONING') return;
  throw new ProbeFailure('server_degraded', `The cluster ${cluster} is ${String(found.status)}`);
}
