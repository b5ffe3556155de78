import type { ConnectorPlugin } from '@integrations/provider-kit';
import { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { AzureDevOpsConfig } from '../vendors/azure-devops/config';
import { AUTHORITY } from '../vendors/azure-devops/entra';
import { listPipelines } from './pipelines';
import { checkHealth, RIGHTS, testConnection } from './probe';
import { listRuns } from './runs';

/** The pipelines of Azure DevOps Services (endpoint `https://dev.azure.com/<organization>`) and Azure DevOps Server. */
export function createAzurePipelinesPlugin(): ConnectorPlugin<AzureDevOpsConfig> {
  return {
    contractVersion: 1,
    provider: 'azure_pipelines',
    type: 'ci',
    displayName: 'Azure Pipelines',
    capabilities: ['pipelines', 'runs'],
    requiredScopes: Object.keys(RIGHTS.bits),
    defaultEndpoint: null,
    credential: {
      required: true,
      description:
        'A personal access token with the scopes Build (read) and Project and team (read), and Code (read) to list runs by repository, or the client secret of a service principal.',
    },
    config: AzureDevOpsConfig,

    isAvailable: () => ({ available: true }),
    origins: ({ config }) => (config.credentialKind === 'service_principal' ? [AUTHORITY] : []),
    open: (integration, deps) => {
      const client = new AzureDevOpsClient(integration, deps);
      return {
        ci: {
          listPipelines: (query, signal) => listPipelines(client, query, signal),
          listRuns: async (query, signal) => listRuns(client, query, signal),
        },
      };
    },
    testConnection,
    checkHealth,
  };
}
