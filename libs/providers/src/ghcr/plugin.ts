import type { ConnectorPlugin } from '@integrations/provider-kit';
import { apiOf, openGhcr } from './client';
import { GhcrConfig } from './config';
import { listPackages } from './packages';
import { checkHealth, REQUIRED, testConnection } from './probe';

/** GitHub's container registry: ghcr.io, or the one of a GitHub Enterprise Server at `https://containers.<host>`. */
export function createGhcrPlugin(): ConnectorPlugin<GhcrConfig> {
  return {
    contractVersion: 1,
    provider: 'ghcr',
    type: 'registry',
    displayName: 'GitHub Container Registry',
    capabilities: ['repositories', 'tags', 'digest', 'referrers'],
    requiredScopes: REQUIRED,
    defaultEndpoint: 'https://ghcr.io',
    credential: {
      required: true,
      description:
        'A classic personal access token with the scope read:packages; fine-grained tokens are not accepted.',
    },
    config: GhcrConfig,

    isAvailable: () => ({ available: true }),
    origins: ({ endpoint }) => [new URL(apiOf(endpoint)).origin],
    open: (integration, deps) => {
      const client = openGhcr(integration, deps);
      const place = { endpoint: integration.endpoint, owner: integration.config.owner };
      return {
        registry: client.registry,
        discovery: { repositories: (query, signal) => listPackages(client, place, query, signal) },
      };
    },
    testConnection,
    checkHealth,
  };
}
