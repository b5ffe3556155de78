import type { ProbeVerdict } from '@integrations/contracts';
import { type IntegrationConfig, type ProviderDeps, recognise, runProbe } from '@integrations/provider-kit';
import { pageOfObjects } from '../vendors/kubernetes/objects';
import { nameOf, type Right } from '../vendors/kubernetes/rights';
import { explained } from '../vendors/kubernetes/stages';
import { testCluster } from '../vendors/kubernetes/test-cluster';
import { openKubernetes, PODS } from './client';
import type { KubernetesConfig } from './config';

const RIGHTS: readonly Right[] = [{ verb: 'list', group: '', resource: 'pods', capability: 'workloads' }];
export const REQUIRED = RIGHTS.map(nameOf);

type Integration = IntegrationConfig<KubernetesConfig>;

export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  const open = (watched: ProviderDeps) => openKubernetes(integration, watched);
  return testCluster(integration, deps, { open, rights: RIGHTS }, signal);
}

/** Cheap: lists one pod. `/readyz` would add nothing: a list needs etcd, so a cluster that answers it is working. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  return runProbe({
    ...{ deps, signal, requireCredential: false },
    stages: {
      credential: (probe) =>
        explained(probe, integration, async () => {
          const { api, namespaces } = openKubernetes(integration, probe.deps);
          const list = { ...PODS, namespaces: namespaces.slice(0, 1), selectors: {}, most: 1 };
          await recognise(
            pageOfObjects(api, list, 'n=1', probe.signal),
            'This address does not serve the Kubernetes API',
          );
        }),
    },
  });
}
