import type { ConnectorPlugin } from '@integrations/provider-kit';
import { openHarbor } from './client';
import { HarborConfig } from './config';
import { checkHealth, REQUIRED, testConnection } from './probe';
import { listRepositories } from './repositories';

/** Harbor 2, as a user or as a robot account. */
export function createHarborPlugin(): ConnectorPlugin<HarborConfig> {
  return {
    contractVersion: 1,
    provider: 'harbor',
    type: 'registry',
    displayName: 'Harbor',
    capabilities: ['repositories', 'tags', 'digest', 'referrers'],
    requiredScopes: REQUIRED,
    defaultEndpoint: null,
    credential: {
      required: true,
      description:
        "The secret of a robot account, or a user's password; if users sign in by OIDC, a user's CLI secret.",
    },
    config: HarborConfig,

    isAvailable: () => ({ available: true }),
    open: (integration, deps) => {
      const client = openHarbor(integration, deps);
      const place = { endpoint: integration.endpoint, only: integration.config.project };
      return {
        registry: client.registry,
        discovery: { repositories: (query, signal) => listRepositories(client, place, query, signal) },
      };
    },
    testConnection,
    checkHealth,
  };
}
