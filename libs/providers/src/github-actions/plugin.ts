import type { ConnectorPlugin } from '@integrations/provider-kit';
import { GitHubClient } from '../vendors/github/client';
import { GitHubActionsConfig } from './config';
import { listPipelines } from './pipelines';
import { checkHealth, NEEDS, testConnection } from './probe';
import { listRuns } from './runs';

/** GitHub Actions at GitHub.com and GitHub Enterprise Server (endpoint `https://<host>/api/v3`), as a GitHub App. */
export function createGitHubActionsPlugin(): ConnectorPlugin<GitHubActionsConfig> {
  return {
    contractVersion: 1,
    provider: 'github_actions',
    type: 'ci',
    displayName: 'GitHub Actions',
    capabilities: ['pipelines', 'runs'],
    requiredScopes: NEEDS.required,
    defaultEndpoint: 'https://api.github.com',
    credential: { required: true, description: "The app's private key in PEM, as GitHub issues it." },
    config: GitHubActionsConfig,

    isAvailable: () => ({ available: true }),
    open: (integration, deps) => {
      const client = new GitHubClient(integration, deps);
      return {
        ci: {
          listPipelines: (query, signal) => listPipelines(client, query, signal),
          listRuns: async (query, signal) => listRuns(client, query, signal),
        },
      };
    },
    testConnection,
    checkHealth,
  };
}
