import type { ConnectorPlugin } from '@integrations/provider-kit';
import { openRegistry, registryOf, tokenOrigins } from './client';
import { OciConfig } from './config';
import { checkHealth, REQUIRED, testConnection } from './probe';

/** Any registry that speaks the OCI distribution protocol: Distribution, Zot and the like. */
export function createOciPlugin(): ConnectorPlugin<OciConfig> {
  return {
    contractVersion: 1,
    provider: 'oci',
    type: 'registry',
    displayName: 'OCI registry',
    capabilities: ['repositories', 'tags', 'digest', 'referrers'],
    requiredScopes: REQUIRED,
    defaultEndpoint: null,
    credential: {
      required: false,
      description:
        'A password, or a token of the kind in config.secretKind; none for a registry that is open to everyone.',
    },
    config: OciConfig,

    isAvailable: () => ({ available: true }),
    serves: ({ endpoint }) => [registryOf(endpoint).replace(/^https?:\/\//, '')],
    servedFrom: (host) => [host],
    origins: ({ config }) => tokenOrigins(config),
    open: (integration, deps) => {
      const { registry } = openRegistry(integration, deps);
      return {
        registry,
        discovery: { repositories: (query, signal) => registry.listRepositories(query, signal) },
      };
    },
    testConnection,
    checkHealth,
  };
}
