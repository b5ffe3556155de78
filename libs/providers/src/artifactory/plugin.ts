import type { ConnectorPlugin } from '@integrations/provider-kit';
import { artifactoryOf, openArtifactory, servedBy } from './client';
import { ArtifactoryConfig } from './config';
import { checkHealth, REQUIRED, testConnection } from './probe';
import { listRepositories } from './repositories';

/** The Docker and OCI repositories of JFrog Artifactory, in the cloud or self-hosted. */
export function createArtifactoryPlugin(): ConnectorPlugin<ArtifactoryConfig> {
  return {
    contractVersion: 1,
    provider: 'artifactory',
    type: 'registry',
    displayName: 'JFrog Artifactory',
    capabilities: ['repositories', 'tags', 'digest', 'referrers'],
    requiredScopes: REQUIRED,
    defaultEndpoint: null,
    credential: {
      required: true,
      description: 'An access or identity token; with config.username the password or token of that user.',
    },
    config: ArtifactoryConfig,

    isAvailable: () => ({ available: true }),
    serves: ({ endpoint }) => [servedBy(endpoint)],
    servedFrom: (host) => [host],
    origins: (integration) => [new URL(artifactoryOf(integration)).origin],
    open: (integration, deps) => {
      const client = openArtifactory(integration, deps);
      return {
        registry: client.registry,
        discovery: {
          repositories: (query, signal) => listRepositories(client, integration.config, query, signal),
        },
      };
    },
    testConnection,
    checkHealth,
  };
}
