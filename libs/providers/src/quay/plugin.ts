import type { ConnectorPlugin } from '@integrations/provider-kit';
import { openQuay } from './client';
import { QuayConfig } from './config';
import { checkHealth, REQUIRED, testConnection } from './probe';
import { listRepositories } from './repositories';

/** quay.io and Red Hat Quay, as a robot account, with an OAuth access token or as a user. */
export function createQuayPlugin(): ConnectorPlugin<QuayConfig> {
  return {
    contractVersion: 1,
    provider: 'quay',
    type: 'registry',
    displayName: 'Quay',
    capabilities: ['repositories', 'tags', 'digest', 'referrers'],
    requiredScopes: REQUIRED,
    defaultEndpoint: 'https://quay.io',
    credential: {
      required: true,
      description: 'The token of a robot account, an OAuth access token, an application token or a password.',
    },
    config: QuayConfig,

    isAvailable: () => ({ available: true }),
    open: (integration, deps) => {
      const client = openQuay(integration, deps);
      const { namespace } = integration.config;
      return {
        registry: client.registry,
        discovery: { repositories: (query, signal) => listRepositories(client, namespace, query, signal) },
      };
    },
    testConnection,
    checkHealth,
  };
}
