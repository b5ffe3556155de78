import type { ConnectorPlugin } from '@integrations/provider-kit';
import { nomadRuntime } from './allocations';
import { openNomad } from './client';
import { NomadConfig } from './config';
import { checkHealth, REQUIRED, testConnection } from './probe';

/** A HashiCorp Nomad cluster, 1.3 or newer, through its HTTP API (endpoint `https://<host>:4646`). */
export function createNomadPlugin(): ConnectorPlugin<NomadConfig> {
  return {
    contractVersion: 1,
    provider: 'nomad',
    type: 'runtime_host',
    displayName: 'Nomad',
    capabilities: ['workloads'],
    requiredScopes: REQUIRED,
    defaultEndpoint: null,
    credential: {
      required: false,
      description:
        'The secret id of an ACL token whose policies allow read-job in the namespaces, and agent:read to show the version. Absent only if ACLs are off.',
    },
    config: NomadConfig,

    isAvailable: () => ({ available: true }),
    open: (integration, deps) => ({ runtime: nomadRuntime(openNomad(integration, deps)) }),
    testConnection,
    checkHealth,
  };
}
