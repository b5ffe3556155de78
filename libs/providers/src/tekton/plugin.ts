import type { ConnectorPlugin } from '@integrations/provider-kit';
import { openTekton } from './client';
import { TektonConfig } from './config';
import { checkHealth, REQUIRED, testConnection } from './probe';

/** Tekton Pipelines in a Kubernetes cluster. */
export function createTektonPlugin(): ConnectorPlugin<TektonConfig> {
  return {
    contractVersion: 1,
    provider: 'tekton',
    type: 'ci',
    displayName: 'Tekton',
    capabilities: ['pipelines', 'runs'],
    requiredScopes: REQUIRED,
    defaultEndpoint: null,
    credential: {
      required: false,
      description:
        "A service account's token, or a kubeconfig whose current context has a token. Absent: the client certificate of config.connection authenticates us.",
    },
    config: TektonConfig,

    isAvailable: () => ({ available: true }),
    open: (integration, deps) => ({ ci: openTekton(integration, deps).ci }),
    testConnection,
    checkHealth,
  };
}
