import type { ConnectorPlugin } from '@integrations/provider-kit';
import { openEcr } from './client';
import { EcrConfig } from './config';
import { isAwsOwn, placesOf } from './places';
import { checkHealth, REQUIRED, testConnection } from './probe';
import { listRepositories } from './repositories';

/** Amazon ECR: private registries of every partition, and the public one. */
export function createEcrPlugin(): ConnectorPlugin<EcrConfig> {
  return {
    contractVersion: 1,
    provider: 'ecr',
    type: 'registry',
    displayName: 'Amazon ECR',
    capabilities: ['repositories', 'tags', 'digest', 'referrers'],
    requiredScopes: REQUIRED,
    defaultEndpoint: null,
    credential: {
      required: false,
      description:
        'An access key or a web identity token, as config.secretKind says; none for anonymous pulls from public.ecr.aws.',
    },
    config: EcrConfig,

    isAvailable: () => ({ available: true }),
    origins: ({ endpoint, config }) => {
      const { api, sts } = placesOf(endpoint, config);
      return [api, sts];
    },
    identityAt: ({ endpoint, config }) =>
      config.secretKind === 'access_key' && isAwsOwn(endpoint, config) ? 'aws' : null,
    open: (integration, deps) => {
      const client = openEcr(integration, deps);
      return {
        registry: client.registry,
        discovery: {
          repositories: (query, signal) => listRepositories(client, integration.endpoint, query, signal),
        },
      };
    },
    testConnection,
    checkHealth,
  };
}
