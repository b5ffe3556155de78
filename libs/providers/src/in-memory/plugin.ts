import type { ConnectorPlugin } from '@integrations/provider-kit';
import { InMemoryAnnotations } from './annotations';
import { InMemoryClient } from './client';
import { InMemoryConfig } from './config';
import { inMemoryDiscovery } from './discovery';
import { Memory } from './memory';
import { probe } from './probe';

/** A vendor without a network: the template for a provider, the test double and the demo. */
export function createInMemoryPlugin(memory: Memory = new Memory()): ConnectorPlugin<InMemoryConfig> {
  return {
    // The version that this code was written for. Not PLUGIN_CONTRACT_VERSION: a newer platform must notice the
    // difference.
    contractVersion: 1,
    provider: 'in_memory',
    type: 'scm',
    displayName: 'In memory',
    capabilities: ['comment', 'status', 'check_run', 'repositories'],
    requiredScopes: [],
    defaultEndpoint: 'memory://local',
    credential: { required: false, description: 'Any text: it is resolved, but not used.' },
    config: InMemoryConfig,

    isAvailable: () => ({ available: true }),
    open: (integration, deps) => {
      const client = new InMemoryClient(integration, deps, memory);
      return { annotations: new InMemoryAnnotations(client), discovery: inMemoryDiscovery(client) };
    },
    testConnection: (integration, deps, signal) => probe(integration, deps, memory, signal),
    checkHealth: (integration, deps, signal) => probe(integration, deps, memory, signal),
  };
}
