import type { ConnectorPlugin } from '@integrations/provider-kit';
import { webHosts } from '../vendors/azure-devops/addresses';
import { azureDevOpsAnnotations } from './annotations';
import { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { AzureDevOpsConfig } from '../vendors/azure-devops/config';
import { azureDevOpsDiscovery } from './discovery';
import { AUTHORITY } from '../vendors/azure-devops/entra';
import { checkHealth, RIGHTS, testConnection } from './probe';

/**
 * Azure DevOps Services (endpoint `https://dev.azure.com/<organization>`) and Azure DevOps Server 2020 or later
 * (endpoint `https://<host>/<path>/<collection>`), through a personal access token or a service principal.
 */
export function createAzureDevOpsPlugin(): ConnectorPlugin<AzureDevOpsConfig> {
  return {
    contractVersion: 1,
    provider: 'azure_devops',
    type: 'scm',
    displayName: 'Azure DevOps',
    capabilities: ['comment', 'status', 'check_run', 'repositories'],
    requiredScopes: Object.keys(RIGHTS.bits),
    defaultEndpoint: null,
    credential: {
      required: true,
      description:
        'A personal access token with the scopes Code (read), Code (status), PR threads (read & write) and Project and team (read), or the client secret of a service principal.',
    },
    config: AzureDevOpsConfig,

    isAvailable: () => ({ available: true }),
    serves: ({ endpoint }) => webHosts(endpoint),
    origins: ({ config }) => (config.credentialKind === 'service_principal' ? [AUTHORITY] : []),
    open: (integration, deps) => {
      const client = new AzureDevOpsClient(integration, deps);
      return { annotations: azureDevOpsAnnotations(client), discovery: azureDevOpsDiscovery(client) };
    },
    testConnection,
    checkHealth,
  };
}
