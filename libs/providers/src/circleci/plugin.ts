import type { ConnectorPlugin } from '@integrations/provider-kit';
import { CLOUD, openCircleCi } from './client';
import { CircleCiConfig } from './config';
import { listPipelines } from './pipelines';
import { checkHealth, REQUIRED, testConnection } from './probe';
import { listRuns } from './runs';

/** CircleCI, in the cloud or as CircleCI Server. */
export function createCircleCiPlugin(): ConnectorPlugin<CircleCiConfig> {
  return {
    contractVersion: 1,
    provider: 'circleci',
    type: 'ci',
    displayName: 'CircleCI',
    capabilities: ['pipelines', 'runs'],
    requiredScopes: REQUIRED,
    defaultEndpoint: CLOUD,
    credential: { required: true, description: 'A personal API token; API v2 does not accept project tokens.' },
    config: CircleCiConfig,

    isAvailable: () => ({ available: true }),
    open: (integration, deps) => {
      const client = openCircleCi(integration, deps);
      return {
        ci: {
          listPipelines: (query, signal) => listPipelines(client, query, signal),
          listRuns: (query, signal) => listRuns(client, query, signal),
        },
      };
    },
    testConnection,
    checkHealth,
  };
}
