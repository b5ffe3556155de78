import type { ProbeVerdict } from '@integrations/contracts';
import { type IntegrationConfig, type ProviderDeps, runProbe } from '@integrations/provider-kit';
import { InMemoryClient } from './client';
import type { InMemoryConfig } from './config';
import type { Memory } from './memory';

/** One call proves everything that can be proved here, so the deep test does the same as the cheap check. */
export function probe(
  integration: IntegrationConfig<InMemoryConfig>,
  deps: ProviderDeps,
  memory: Memory,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  return runProbe({
    deps,
    signal,
    requireCredential: integration.config.requireCredential,
    stages: {
      identity: async (probe) => {
        const client = new InMemoryClient(integration, probe.deps, memory);
        probe.note({ server: { product: 'In memory' }, principal: await client.identify(probe.signal) });
      },
    },
  });
}
