import type { ConnectorPlugin } from '@integrations/provider-kit';
import { webHosts } from './addresses';
import { bitbucketAnnotations } from './annotations';
import { budget } from './budget';
import { BitbucketClient } from './client';
import { BitbucketDataCenterConfig } from './config';
import { bitbucketDiscovery } from './discovery';
import { REQUIRED_PERMISSIONS } from './permissions';
import { checkHealth, testConnection } from './probe';

/** Bitbucket Data Center 7.0 or later (endpoint `https://<host>[/<context path>]`), through an HTTP access token. */
export function createBitbucketDataCenterPlugin(): ConnectorPlugin<BitbucketDataCenterConfig> {
  return {
    contractVersion: 1,
    provider: 'bitbucket_data_center',
    type: 'scm',
    displayName: 'Bitbucket Data Center',
    capabilities: ['comment', 'status', 'check_run', 'repositories'],
    requiredScopes: REQUIRED_PERMISSIONS,
    defaultEndpoint: null,
    credential: {
      required: true,
      description: 'An HTTP access token of a person, a project or a repository, with the permission repository write.',
    },
    config: BitbucketDataCenterConfig,

    isAvailable: () => ({ available: true }),
    serves: ({ endpoint }) => webHosts(endpoint),
    servedFrom: (host) => [host],
    budget,
    open: (integration, deps) => {
      const client = new BitbucketClient(integration, deps);
      return { annotations: bitbucketAnnotations(client), discovery: bitbucketDiscovery(client) };
    },
    testConnection,
    checkHealth,
  };
}
