import type { ConnectorPlugin } from '@integrations/provider-kit';
import { nexusOf, openNexus, servedBy } from './client';
import { NexusConfig } from './config';
import { checkHealth, REQUIRED, testConnection } from './probe';

/** A Docker repository of Sonatype Nexus Repository 3. */
export function createNexusPlugin(): ConnectorPlugin<NexusConfig> {
  return {
    contractVersion: 1,
    provider: 'nexus',
    type: 'registry',
    displayName: 'Sonatype Nexus Repository',
    capabilities: ['repositories', 'tags', 'digest', 'referrers'],
    requiredScopes: REQUIRED,
    defaultEndpoint: null,
    credential: { required: true, description: 'The password of a user, or the pass code of a user token.' },
    config: NexusConfig,

    isAvailable: () => ({ available: true }),
    serves: ({ endpoint }) => [servedBy(endpoint)],
    servedFrom: (host) => [host],
    origins: (integration) => {
      const nexus = nexusOf(integration);
      return nexus === null ? [] : [new URL(nexus).origin];
    },
    open: (integration, deps) => {
      const { registry } = openNexus(integration, deps);
      return {
        registry,
        // The catalog is used because Nexus's own API would list every tag of every image.
        discovery: { repositories: (query, signal) => registry.listRepositories(query, signal) },
      };
    },
    testConnection,
    checkHealth,
  };
}
