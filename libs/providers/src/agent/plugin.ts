import type { ConnectorPlugin } from '@integrations/provider-kit';
import { AgentConfig } from './config';
import { probe } from './probe';

/** A host agent, which reports by heartbeat over the platform's own NATS. */
export function createAgentPlugin(): ConnectorPlugin<AgentConfig> {
  return {
    contractVersion: 1,
    provider: 'agent',
    type: 'runtime_host',
    displayName: 'Host agent',
    capabilities: [],
    requiredScopes: [],
    // The same for all agents: they call us, and are never called.
    defaultEndpoint: 'agent://heartbeats',
    credential: { required: false, description: 'None: NATS lets an agent publish to its own subject only.' },
    config: AgentConfig,

    isAvailable: () => ({ available: true }),
    serves: () => [],
    open: () => ({}),
    testConnection: probe,
    checkHealth: probe,
  };
}
