import type { ConnectorPlugin } from '@integrations/provider-kit';
import { apiHosts, tokenUrlOf, webHosts } from './addresses';
import { bitbucketAnnotations } from './annotations';
import { budget } from './budget';
import { BitbucketClient } from './client';
import { BitbucketCloudConfig } from './config';
import { bitbucketDiscovery } from './discovery';
import { checkHealth, testConnection } from './probe';
import { REQUIRED_SCOPES } from './scopes';

/** Bitbucket Cloud, through an access token, an API token of an account, or an OAuth consumer. */
export function createBitbucketCloudPlugin(): ConnectorPlugin<BitbucketCloudConfig> {
  return {
    contractVersion: 1,
    provider: 'bitbucket_cloud',
    type: 'scm',
    displayName: 'Bitbucket Cloud',
    capabilities: ['comment', 'status', 'check_run', 'repositories'],
    requiredScopes: REQUIRED_SCOPES,
    defaultEndpoint: 'https://api.bitbucket.org',
    credential: {
      required: true,
      description:
        'As config.authentication says: a repository, project or workspace access token; the e-mail address of an account, a colon and its API token; or key, colon and secret of an OAuth consumer. Each with the scopes repository and pullrequest. App passwords are no longer accepted.',
    },
    config: BitbucketCloudConfig,

    isAvailable: () => ({ available: true }),
    serves: ({ endpoint }) => webHosts(endpoint),
    servedFrom: apiHosts,
    origins: ({ endpoint }) => [new URL(tokenUrlOf(endpoint)).origin],
    budget,
    open: (integration, deps) => {
      const client = new BitbucketClient(integration, deps);
      return { annotations: bitbucketAnnotations(client), discovery: bitbucketDiscovery(client) };
    },
    testConnection,
    checkHealth,
  };
}
