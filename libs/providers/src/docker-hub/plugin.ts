import type { ConnectorPlugin } from '@integrations/provider-kit';
import { openDockerHub, originsOf, withShortNames } from './client';
import { DockerHubConfig } from './config';
import { checkHealth, REQUIRED, testConnection } from './probe';
import { listRepositories } from './repositories';

/** Docker Hub, by a personal or an organization access token, or anonymously. */
export function createDockerHubPlugin(): ConnectorPlugin<DockerHubConfig> {
  return {
    contractVersion: 1,
    provider: 'docker_hub',
    type: 'registry',
    displayName: 'Docker Hub',
    capabilities: ['repositories', 'tags', 'digest', 'referrers'],
    requiredScopes: REQUIRED,
    defaultEndpoint: 'https://registry-1.docker.io',
    credential: {
      required: false,
      description:
        'A personal access token with read access, or an organization access token; as user:token if config.username is absent. Absent: anonymous, with fewer pulls.',
    },
    config: DockerHubConfig,

    isAvailable: () => ({ available: true }),
    origins: originsOf,
    open: (integration, deps) => {
      const { registry, hub } = openDockerHub(integration, deps);
      const place = { endpoint: integration.endpoint, namespace: integration.config.namespace };
      return {
        registry: withShortNames(registry),
        discovery: { repositories: (query, signal) => listRepositories(hub, place, query, signal) },
      };
    },
    testConnection,
    checkHealth,
  };
}
