import { IsInt, IsOptional, IsString, Min } from 'class-validator';
import type { DiscoveredRepository } from '@integrations/contracts';
import {
  type ConnectorPlugin,
  type IntegrationConfig,
  type ProviderDeps,
  ProviderError,
  runProbe,
} from '@integrations/provider-kit';
import { modelAnnotations } from './annotations';
import { ModelClient } from './client';

export class ModelConfig {
  @IsString()
  shop: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  floor?: number;
}

const SCOPES = ['things:write'];

/** The smallest correct plugin with a network. The flawed plugins of the suite's spec are derived from it. */
export function createModelPlugin(): ConnectorPlugin<ModelConfig> {
  return {
    contractVersion: 1,
    provider: 'model',
    type: 'scm',
    displayName: 'Model',
    capabilities: ['comment', 'status', 'repositories'],
    requiredScopes: SCOPES,
    defaultEndpoint: null,
    credential: { required: true, description: 'An API key.' },
    config: ModelConfig,
    isAvailable: () => ({ available: true }),
    open: (integration, deps) => {
      const client = new ModelClient(integration, deps);
      return {
        annotations: modelAnnotations(client),
        discovery: {
          repositories: async ({ limit, cursor, q }, signal) => {
            if (cursor !== null && !/^[1-9]\d?$/.test(cursor))
              throw new ProviderError('invalid_request', 'no cursor of mine');
            const start = Number(cursor ?? 0);
            const path = `/repositories?q=${encodeURIComponent(q ?? '')}`;
            const { names } = await client.call<{ names: string[] }>('GET', path, signal);
            const items = names.slice(start, start + limit).map(toRepository);
            return { items, nextCursor: start + limit < names.length ? String(start + limit) : null };
          },
        },
      };
    },
    testConnection: probe,
    checkHealth: probe,
  };
}

function probe(integration: IntegrationConfig<ModelConfig>, deps: ProviderDeps, signal: AbortSignal) {
  return runProbe({
    deps,
    signal,
    requireCredential: true,
    stages: {
      permissions: async (probe) => {
        await new ModelClient(integration, probe.deps).call('GET', '/things?key=probe', probe.signal);
        probe.note({ permissions: { required: SCOPES, granted: SCOPES, missing: [], excess: [], how: 'observed' } });
      },
    },
  });
}

function toRepository(name: string): DiscoveredRepository {
  const url = `https://model.example/${name}`;
  return { id: name, owner: 'model', name, url, defaultBranch: null, visibility: null, archived: false };
}
