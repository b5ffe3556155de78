import type { ConnectorPlugin } from '@integrations/provider-kit';
import { webHosts } from './addresses';
import { giteaAnnotations } from './annotations';
import { budget } from './budget';
import { GiteaClient } from './client';
import { GiteaConfig } from './config';
import { giteaDiscovery } from './discovery';
import { checkHealth, testConnection } from './probe';
import { REQUIRED_SCOPES } from './scopes';

/**
 * Gitea 1.20 or later, and Forgejo including Codeberg (endpoint `https://<host>[/<prefix>]`), through an access token.
 */
export function createGiteaPlugin(): ConnectorPlugin<GiteaConfig> {
  return {
    contractVersion: 1,
    provider: 'gitea',
    type: 'scm',
    displayName: 'Gitea and Forgejo',
    capabilities: ['comment', 'status', 'check_run', 'repositories'],
    requiredScopes: REQUIRED_SCOPES,
    defaultEndpoint: null,
    credential: {
      required: true,
      description:
        'An access token with the scopes read:user, write:repository and write:issue (in Forgejo, for all repositories), of a dedicated account that may write to them.',
    },
    config: GiteaConfig,

    isAvailable: () => ({ available: true }),
    serves: ({ endpoint }) => webHosts(endpoint),
    servedFrom: (host) => [host],
    budget,
    open: (integration, deps) => {
      const client = new GiteaClient(integration, deps);
      return { annotations: giteaAnnotations(client), discovery: giteaDiscovery(client) };
    },
    testConnection,
    checkHealth,
  };
}
