import type { AgentHost, ProbeVerdict } from '@integrations/contracts';
import { type IntegrationConfig, ProbeFailure, type ProviderDeps, runProbe } from '@integrations/provider-kit';
import { lastBeat } from './client';
import type { AgentConfig } from './config';
import { unmetRequirements } from './requirements';

/** Judges the agent by its last heartbeat. Test and health check are the same: there is nothing more to learn. */
export function probe(
  integration: IntegrationConfig<AgentConfig>,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  return runProbe({
    deps,
    signal,
    requireCredential: false,
    stages: {
      identity: async ({ note }) => {
        const { beat, clockSkewMs } = lastBeat(integration, deps);
        const { agent, host } = beat;
        note({
          server: { product: `Host agent on ${platformOf(host)}`, version: agent.version },
          principal: { id: host.name, kind: 'agent' },
          clockSkewMs,
        });
        const unmet = unmetRequirements(integration.config, beat);
        if (unmet.length > 0) throw new ProbeFailure('requirements_unmet', `The agent ${unmet.join(', and ')}`);
      },
    },
  });
}

function platformOf({ os, arch, kernel }: AgentHost): string {
  return [`${os}/${arch}`, ...(kernel === undefined ? [] : [kernel])].join(' ');
}
