import type { ConnectorPlugin } from '@integrations/provider-kit';
import { GitLabClient } from '../vendors/gitlab/client';
import { withBearer } from './client';
import { GitLabCiConfig } from './config';
import { listPipelines } from './pipelines';
import { checkHealth, NEEDS, testConnection } from './probe';
import { listRuns } from './runs';

/** The CI/CD of GitLab.com, and of self-managed GitLab 16.0 or later (endpoint `https://<host>[/<prefix>]`). */
export function createGitLabCiPlugin(): ConnectorPlugin<GitLabCiConfig> {
  return {
    contractVersion: 1,
    provider: 'gitlab_ci',
    type: 'ci',
    displayName: 'GitLab CI/CD',
    capabilities: ['pipelines', 'runs'],
    requiredScopes: NEEDS.scopes,
    defaultEndpoint: 'https://gitlab.com',
    credential: {
      required: true,
      description: 'A personal, project or group access token with the scope read_api and the role Reporter.',
    },
    config: GitLabCiConfig,

    isAvailable: () => ({ available: true }),
    open: (integration, deps) => {
      const client = new GitLabClient(withBearer(integration), deps);
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
