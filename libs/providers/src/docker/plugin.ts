import type { ConnectorPlugin } from '@integrations/provider-kit';
import { openEngine } from './client';
import { DockerConfig } from './config';
import { checkHealth, REQUIRED, testConnection } from './probe';
import { listWorkloads } from './workloads';

/** A Docker Engine, or Podman with the same API: `unix:///var/run/docker.sock`, `https://host:2376`. */
export function createDockerPlugin(): ConnectorPlugin<DockerConfig> {
  return {
    contractVersion: 1,
    provider: 'docker',
    type: 'runtime_host',
    displayName: 'Docker Engine and Podman',
    capabilities: ['workloads'],
    requiredScopes: REQUIRED,
    defaultEndpoint: null,
    unixSocket: true,
    credential: {
      required: false,
      description: 'None: the engine has no users. Over TLS, it identifies clients by connection.clientCertRef.',
    },
    config: DockerConfig,

    isAvailable: () => ({ available: true }),
    serves: () => [],
    open: (integration, deps) => ({
      runtime: {
        listWorkloads: async (query, signal) =>
          listWorkloads(await openEngine(integration, deps, signal), query, signal),
      },
    }),
    testConnection,
    checkHealth,
  };
}
