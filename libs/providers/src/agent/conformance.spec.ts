import { AgentHeartbeat } from '@integrations/contracts';
import { describeProviderConformance } from '../../../../test/support/conformance';
import { createAgentPlugin } from './plugin';

const beat: AgentHeartbeat = Object.assign(new AgentHeartbeat(), {
  sentAt: '2026-03-01T12:00:00Z',
  intervalSeconds: 30,
  agent: { version: '1.4.2' },
  host: { name: 'web-1.example', os: 'linux', arch: 'amd64' },
  capabilities: ['btf'],
});

describeProviderConformance({
  createPlugin: createAgentPlugin,
  config: { agentId: 'web-1', minimumVersion: '1.4.0', requiredCapabilities: ['btf'] },
  credential: null,
  requests: {},
  vendor: {
    offline: {
      // No calls are made, so there are no faults to inject; probe.spec.ts covers what can go wrong.
      faults: {},
      stored: () => 0,
      heartbeats: { latest: () => ({ beat, ageMs: 1_000, clockSkewMs: -20 }), heardForMs: () => 3_600_000 },
    },
  },
});
