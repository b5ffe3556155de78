import type { ConnectorPlugin } from '@integrations/provider-kit';
import { openArgo } from './client';
import { ArgoWorkflowsConfig } from './config';
import { listPipelines } from './pipelines';
import { checkHealth, REQUIRED, testConnection } from './probe';
import { listRuns } from './runs';

/** Argo Workflows, through Argo Server. */
export function createArgoWorkflowsPlugin(): ConnectorPlugin<ArgoWorkflowsConfig> {
  return {
    contractVersion: 1,
    provider: 'argo_workflows',
    type: 'ci',
    displayName: 'Argo Workflows',
    capabilities: ['pipelines', 'runs'],
    requiredScopes: REQUIRED,
    defaultEndpoint: null,
    credential: {
      required: true,
      description: "A service account's token, which the server accepts with --auth-mode=client.",
    },
    config: ArgoWorkflowsConfig,

    isAvailable: () => ({ available: true }),
    open: (integration, deps) => {
      const client = openArgo(integration, deps);
      return {
        ci: {
          listPipelines: (query, signal) => listPipelines(client, query, signal),
          listRuns: (query, signal) => listRuns(client, query, signal),
        },
      };
    },
    testConnection,
    checkHealth,
  };
}
