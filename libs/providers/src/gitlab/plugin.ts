import type { ConnectorPlugin } from '@integrations/provider-kit';
import { instanceHosts, webHosts } from '../vendors/gitlab/addresses';
import { gitlabAnnotations } from './annotations';
import { budget } from './budget';
import { GitLabClient } from '../vendors/gitlab/client';
import { GitLabConfig } from './config';
import { gitlabDiscovery } from './discovery';
import { checkHealth, NEEDS, testConnection } from './probe';

/**
 * GitLab.com, and self-managed GitLab 16.0 or later (endpoint `https://<host>[/<prefix>]`), through an access token.
 */
export function createGitLabPlugin(): ConnectorPlugin<GitLabConfig> {
  return {
    contractVersion: 1,
    provider: 'gitlab',
    type: 'scm',
    displayName: 'GitLab',
    capabilities: ['comment', 'status', 'check_run', 'repositories'],
    requiredScopes: NEEDS.scopes,
    defaultEndpoint: 'https://gitlab.com',
    credential: {
      required: true,
      description: 'A personal, project or group access token with the scope api and the role Developer.',
    },
    config: GitLabConfig,

    isAvailable: () => ({ available: true }),
    serves: ({ endpoint }) => webHosts(endpoint),
    servedFrom: instanceHosts,
    budget,
    open: (integration, deps) => {
      const client = new GitLabClient(integration, deps);
      return { annotations: gitlabAnnotations(client), discovery: gitlabDiscovery(client) };
    },
    testConnection,
    checkHealth,
  };
}
