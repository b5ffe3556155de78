import type { ConnectorPlugin } from '@integrations/provider-kit';
import { EcsClient } from './client';
import { EcsConfig } from './config';
import { isAwsOwn, placesOf } from './places';
import { checkHealth, REQUIRED, testConnection } from './probe';
import { ecsRuntime } from './tasks';

/** Amazon ECS, on EC2 and Fargate, in one region (endpoint `https://ecs.<region>.amazonaws.com`). */
export function createEcsPlugin(): ConnectorPlugin<EcsConfig> {
  return {
    contractVersion: 1,
    provider: 'ecs',
    type: 'runtime_host',
    displayName: 'Amazon ECS',
    capabilities: ['workloads'],
    requiredScopes: REQUIRED,
    defaultEndpoint: null,
    credential: { required: true, description: 'An access key or a web identity token, as config.secretKind says.' },
    config: EcsConfig,

    isAvailable: () => ({ available: true }),
    origins: ({ endpoint, config }) => [placesOf(endpoint, config).sts],
    identityAt: ({ endpoint, config }) =>
      config.secretKind === 'access_key' && isAwsOwn(endpoint, config) ? 'aws' : null,
    open: (integration, deps) => ({ runtime: ecsRuntime(new EcsClient(integration, deps)) }),
    testConnection,
    checkHealth,
  };
}
