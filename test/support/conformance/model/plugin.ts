import { isDeepStrictEqual } from 'node:util';
import { IsInt, IsOptional, IsString, Min } from 'class-validator';
import type { DiscoveredRepository, ErrorCode, WriteOutcome } from '@integrations/contracts';
import {
  type ConnectorPlugin,
  type EgressResponse,
  type IntegrationConfig,
  type ProviderDeps,
  ProviderError,
  runProbe,
} from '@integrations/provider-kit';
import type { Thing } from './vendor';

export class ModelConfig {
  @IsString()
  shop: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  floor?: number;
}

const SCOPES = ['things:write'];

const CODES: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthenticated',
  403: 'permission_missing',
  404: 'not_found_or_no_access',
  429: 'rate_limited',
};

/** The smallest plugin that does everything right over a wire: what the flawed ones of the suite's spec start from. */
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
        annotations: {
          postComment: async (request, { upsertKey, operationId, signal }) => {
            const marker = request.updateExisting ? `key:${upsertKey}` : `operation:${operationId}`;
            const { outcome, id } = await client.write(`comment ${marker}`, request.body, signal);
            return { outcome, commentId: id, url: `https://model.example/${id}`, truncated: [] };
          },
          postStatus: async ({ context, state, description = '' }, { signal }) => {
            const { outcome, id } = await client.write(`status ${context}`, { state, description }, signal);
            return { outcome, statusId: id, url: `https://model.example/${id}`, state, context, truncated: [] };
          },
        },
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
    budgetMs: 5_000,
    requireCredential: true,
    stages: {
      permissions: async (probe) => {
        await new ModelClient(integration, probe.deps).call('GET', '/things?key=probe', probe.signal);
        probe.note({ permissions: { required: SCOPES, granted: SCOPES, missing: [], excess: [], how: 'observed' } });
      },
    },
  });
}

class ModelClient {
  readonly #integration: IntegrationConfig<ModelConfig>;
  readonly #deps: ProviderDeps;

  constructor(integration: IntegrationConfig<ModelConfig>, deps: ProviderDeps) {
    this.#integration = integration;
    this.#deps = deps;
  }

  async write(
    what: string,
    content: unknown,
    signal: AbortSignal,
  ): Promise<{ readonly outcome: WriteOutcome; readonly id: string }> {
    const key = `${this.#integration.config.shop} ${what}`;
    const { things } = await this.call<{ things: Thing[] }>('GET', `/things?key=${encodeURIComponent(key)}`, signal);
    const existing = things[0];
    if (!existing) {
      const { id } = await this.call<Thing>('POST', '/things', signal, { key, content });
      return { outcome: 'created', id: String(id) };
    }
    if (isDeepStrictEqual(existing.content, content)) return { outcome: 'unchanged', id: String(existing.id) };
    await this.call('PUT', '/things', signal, { ...existing, content });
    return { outcome: 'updated', id: String(existing.id) };
  }

  async call<T>(method: string, path: string, signal: AbortSignal, body?: object): Promise<T> {
    const secret = await this.#deps.credential.resolve(signal);
    const mint = async (minting: AbortSignal) => {
      const { token } = await this.#send<{ token: string }>('POST', '/session', secret.reveal(), minting, {});
      const mintedAt = this.#deps.clock.now();
      return { token, mintedAt, expiresAt: mintedAt + 3_600_000 };
    };
    const { token } = await this.#deps.tokens.get(
      [this.#integration.endpoint, this.#integration.tenantId],
      mint,
      signal,
    );
    return this.#send<T>(method, path, token, signal, body);
  }

  async #send<T>(method: string, path: string, token: string, signal: AbortSignal, body?: object): Promise<T> {
    const response = await this.#deps.egress.request({
      method,
      url: `${this.#integration.endpoint}${path}`,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal,
    });
    return parse(response) as T;
  }
}

function toRepository(name: string): DiscoveredRepository {
  const url = `https://model.example/${name}`;
  return { id: name, owner: 'model', name, url, defaultBranch: null, visibility: null, archived: false };
}

function parse(response: EgressResponse): unknown {
  if (response.status >= 300) {
    const code = CODES[response.status] ?? 'provider_unavailable';
    const retryAfter = Number(response.headers['retry-after']);
    throw new ProviderError(code, `the model answered ${response.status}`, {
      httpStatus: response.status,
      ...(retryAfter > 0 ? { retryAfterMs: retryAfter * 1_000 } : {}),
    });
  }
  try {
    return JSON.parse(response.text());
  } catch {
    throw new ProviderError('provider_unavailable', 'the model did not answer JSON');
  }
}
