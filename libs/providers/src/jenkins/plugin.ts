import type { ConnectorPlugin } from '@integrations/provider-kit';
import { openJenkins } from './client';
import { JenkinsConfig } from './config';
import { REQUIRED } from './permissions';
import { listPipelines } from './pipelines';
import { checkHealth, testConnection } from './probe';
import { listRuns } from './runs';

/** A Jenkins controller. */
export function createJenkinsPlugin(): ConnectorPlugin<JenkinsConfig> {
  return {
    contractVersion: 1,
    provider: 'jenkins',
    type: 'ci',
    displayName: 'Jenkins',
    capabilities: ['pipelines', 'runs'],
    requiredScopes: REQUIRED,
    defaultEndpoint: null,
    credential: { required: true, description: "A user's API token or password." },
    config: JenkinsConfig,

    isAvailable: () => ({ available: true }),
    open: (integration, deps) => {
      const client = openJenkins(integration, deps);
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
