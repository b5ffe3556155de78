import type { ConnectorPlugin } from '@integrations/provider-kit';
import { openAcr } from './client';
import { AcrConfig } from './config';
import { authorityOf } from './entra';
import { checkHealth, testConnection } from './probe';
import { REQUIRED } from './rights';

/** Azure Container Registry in any of Azure's clouds: endpoint `https://<registry>.azurecr.io`, `.cn` or `.us`. */
export function createAcrPlugin(): ConnectorPlugin<AcrConfig> {
  return {
    contractVersion: 1,
    provider: 'acr',
    type: 'registry',
    displayName: 'Azure Container Registry',
    capabilities: ['repositories', 'tags', 'digest', 'referrers'],
    requiredScopes: REQUIRED,
    defaultEndpoint: null,
    credential: {
      required: true,
      description:
        'The client secret or the federated token of an application with the role AcrPull, or the password of the admin user or of a repository-scoped token.',
    },
    config: AcrConfig,

    isAvailable: () => ({ available: true }),
    origins: (integration) => (integration.config.secretKind === 'password' ? [] : [authorityOf(integration)]),
    open: (integration, deps) => {
      const { registry } = openAcr(integration, deps);
      return { registry, discovery: { repositories: (query, signal) => registry.listRepositories(query, signal) } };
    },
    testConnection,
    checkHealth,
  };
}
