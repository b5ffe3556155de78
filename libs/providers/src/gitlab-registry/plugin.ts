import type { ConnectorPlugin } from '@integrations/provider-kit';
import { gitlabOf, openGitLabRegistry } from './client';
import { GitLabRegistryConfig } from './config';
import { checkHealth, testConnection } from './probe';
import { listRepositories } from './repositories';
import { REQUIRED } from './scopes';

/** GitLab's container registry: registry.gitlab.com, or the one of a self-managed GitLab. */
export function createGitLabRegistryPlugin(): ConnectorPlugin<GitLabRegistryConfig> {
  return {
    contractVersion: 1,
    provider: 'gitlab_registry',
    type: 'registry',
    displayName: 'GitLab Container Registry',
    capabilities: ['repositories', 'tags', 'digest', 'referrers'],
    requiredScopes: REQUIRED,
    defaultEndpoint: 'https://registry.gitlab.com',
    credential: {
      required: true,
      description:
        'A personal, project or group access token with the scopes read_registry and read_api, a fine-grained personal one with Read for Container Repository, or a deploy token with read_registry, which cannot list images.',
    },
    config: GitLabRegistryConfig,

    isAvailable: () => ({ available: true }),
    origins: (integration) => [new URL(gitlabOf(integration)).origin],
    open: (integration, deps) => {
      const client = openGitLabRegistry(integration, deps);
      const { endpoint, config } = integration;
      const place = { endpoint, gitlab: gitlabOf(integration), path: config.path };
      return {
        registry: client.registry,
        discovery: { repositories: (query, signal) => listRepositories(client, place, query, signal) },
      };
    },
    testConnection,
    checkHealth,
  };
}
