import type { ConnectorPlugin } from '@integrations/provider-kit';
import { githubAnnotations } from './annotations';
import { budget } from './budget';
import { GitHubClient } from '../vendors/github/client';
import { GitHubAppConfig } from './config';
import { githubDiscovery } from './discovery';
import { checkHealth, NEEDS, testConnection } from './probe';
import { apiHosts, webHosts } from './web-hosts';

/** GitHub.com and GitHub Enterprise Server (endpoint `https://<host>/api/v3`), as a GitHub App. */
export function createGitHubAppPlugin(): ConnectorPlugin<GitHubAppConfig> {
  return {
    contractVersion: 1,
    provider: 'github_app',
    type: 'scm',
    displayName: 'GitHub App',
    capabilities: ['comment', 'status', 'check_run', 'repositories'],
    requiredScopes: NEEDS.required,
    defaultEndpoint: 'https://api.github.com',
    credential: { required: true, description: "The app's private key in PEM, as GitHub issues it." },
    config: GitHubAppConfig,

    isAvailable: () => ({ available: true }),
    serves: ({ endpoint }) => webHosts(endpoint),
    servedFrom: apiHosts,
    budget,
    open: (integration, deps) => {
      const client = new GitHubClient(integration, deps);
      return { annotations: githubAnnotations(client), discovery: githubDiscovery(client) };
    },
    testConnection,
    checkHealth,
  };
}
