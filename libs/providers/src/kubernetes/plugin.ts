import type { ConnectorPlugin } from '@integrations/provider-kit';
import { openKubernetes } from './client';
import { KubernetesConfig } from './config';
import { checkHealth, REQUIRED, testConnection } from './probe';

/** A Kubernetes cluster of any distribution, whose pods are listed. */
export function createKubernetesPlugin(): ConnectorPlugin<KubernetesConfig> {
  return {
    contractVersion: 1,
    provider: 'kubernetes',
    type: 'runtime_host',
    displayName: 'Kubernetes',
    capabilities: ['workloads'],
    requiredScopes: REQUIRED,
    defaultEndpoint: null,
    credential: {
      required: false,
      description:
        "A service account's token, or a kubeconfig whose current context has a token. Absent: the client certificate of config.connection authenticates us.",
    },
    config: KubernetesConfig,

    isAvailable: () => ({ available: true }),
    open: (integration, deps) => {
      const { listWorkloads } = openKubernetes(integration, deps);
      return { runtime: { listWorkloads } };
    },
    testConnection,
    checkHealth,
  };
}
