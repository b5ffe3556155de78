import { type ConnectorPlugin, type IntegrationConfig, type ProviderDeps, runProbe } from '@integrations/provider-kit';
import { IsOptional, IsString } from 'class-validator';

class HttpConfig {
  @IsOptional()
  @IsString()
  caBundle?: string;
}

/** A minimal provider, whose probe is one GET. */
export function createPlugin(): ConnectorPlugin<HttpConfig> {
  return {
    contractVersion: 1,
    provider: 'bench_http',
    type: 'scm',
    displayName: 'HTTP, for benches',
    capabilities: [],
    requiredScopes: [],
    defaultEndpoint: null,
    credential: { required: false, description: 'None.' },
    config: HttpConfig,

    isAvailable: () => ({ available: true }),
    open: () => ({}),
    testConnection: (integration, deps, signal) => probe(integration, deps, signal),
    checkHealth: (integration, deps, signal) => probe(integration, deps, signal),
  };
}

function probe({ endpoint }: IntegrationConfig<HttpConfig>, deps: ProviderDeps, signal: AbortSignal) {
  return runProbe({
    deps,
    signal,
    requireCredential: false,
    stages: {
      credential: async (watched) => {
        await watched.deps.egress.request({ method: 'GET', url: endpoint, signal: watched.signal });
      },
    },
  });
}
