import type { ConnectorPlugin } from '@integrations/provider-kit';
import { openAcr } from './client';
import { AcrConfig, asksEntra } from './config';
import { authorityOf, isAzureOwn, loginServerOf } from './places';
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
        'The client secret, client certificate or federated token of an application with the role AcrPull (Container Registry Repository Reader if the registry has ABAC repository permissions), an access token, or the password of the admin user or of a repository-scoped token.',
    },
    config: AcrConfig,

    isAvailable: () => ({ available: true }),
    origins: (integration) => {
      const { config } = integration;
      const entra = asksEntra(config) ? [authorityOf(integration)] : [];
      return config.loginServer === undefined ? entra : [...entra, loginServerOf(integration)];
    },
    identityAt: (integration) =>
      integration.config.secretKind === 'access_token' && isAzureOwn(integration) ? 'azure' : null,
    open: (integration, deps) => {
      const { registry } = openAcr(integration, deps);
      return { registry, discovery: { repositories: (query, signal) => registry.listRepositories(query, signal) } };
    },
    testConnection,
    checkHealth,
  };
}
