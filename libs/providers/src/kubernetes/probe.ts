import type { ProbeVerdict } from '@integrations/contracts';
import { type IntegrationConfig, type ProviderDeps, recognise, runProbe } from '@integrations/provider-kit';
import { pageOfObjects } from '../vendors/kubernetes/objects';
import { nameOf, proveRights, type Right } from '../vendors/kubernetes/rights';
import { enterCluster, explained, identify } from '../vendors/kubernetes/stages';
import { type KubernetesClient, openKubernetes, PODS } from './client';
import type { KubernetesConfig } from './config';

const RIGHTS: readonly Right[] = [{ verb: 'list', group: '', resource: 'pods', capability: 'workloads' }];
export const REQUIRED = RIGHTS.map(nameOf);
const TEST_BUDGET_MS = 10_000;
const HEALTH_BUDGET_MS = 5_000;

type Integration = IntegrationConfig<KubernetesConfig>;

/** Deep: the cluster and whether it is ready, whom it takes us for, and what it allows, namespace by namespace. Reads only. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  let client: KubernetesClient;
  return runProbe({
    ...{ deps, signal, budgetMs: TEST_BUDGET_MS, requireCredential: false },
    stages: {
      credential: (probe) => {
        client = openKubernetes(integration, probe.deps);
        return explained(probe, integration, () => enterCluster(probe, client.api, integration));
      },
      identity: (probe) => explained(probe, integration, () => identify(probe, client.api, integration)),
      permissions: (probe) =>
        explained(probe, integration, () => proveRights(probe, client.api, RIGHTS, client.namespaces)),
    },
  });
}

/** Cheap: one pod. What `/readyz` says is not what matters while the cluster answers, and it answers no more without etcd. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  return runProbe({
    ...{ deps, signal, budgetMs: HEALTH_BUDGET_MS, requireCredential: false },
    stages: {
      credential: (probe) =>
        explained(probe, integration, async () => {
          const { api, namespaces } = openKubernetes(integration, probe.deps);
          const list = { ...PODS, namespaces: namespaces.slice(0, 1), selectors: {}, most: 1 };
          await recognise(pageOfObjects(api, list, 'n=1', probe.signal), 'No Kubernetes API answers at this address');
        }),
    },
  });
}
