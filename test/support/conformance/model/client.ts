import { isDeepStrictEqual } from 'node:util';
import type { ErrorCode, WriteOutcome } from '@integrations/contracts';
import {
  type EgressResponse,
  type IntegrationConfig,
  type ProviderDeps,
  ProviderError,
  type VendorRequest,
} from '@integrations/provider-kit';
import type { Thing } from './vendor';

const CODES: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthenticated',
  403: 'permission_missing',
  404: 'not_found_or_no_access',
  429: 'rate_limited',
};

/** The client of the model vendor: authentication and error mapping. */
export class ModelClient {
  readonly #integration: IntegrationConfig<{ readonly shop: string }>;
  readonly #deps: ProviderDeps;

  constructor(integration: IntegrationConfig<{ readonly shop: string }>, deps: ProviderDeps) {
    this.#integration = integration;
    this.#deps = deps;
  }

  /** The key at the vendor, which several integrations share. */
  keyOf(key: string): string {
    return `${this.#integration.config.shop} ${key}`;
  }

  creationOf({ key, content }: Pick<Thing, 'key' | 'content'>): VendorRequest {
    return { method: 'POST', url: `${this.#integration.endpoint}/things`, body: { key: this.keyOf(key), content } };
  }

  /** Reads first, and writes only a difference. */
  async write(
    { key, content }: Pick<Thing, 'key' | 'content'>,
    signal: AbortSignal,
  ): Promise<{ readonly outcome: WriteOutcome; readonly id: string }> {
    const path = `/things?key=${encodeURIComponent(this.keyOf(key))}`;
    const { things } = await this.call<{ things: Thing[] }>('GET', path, signal);
    const existing = things[0];
    if (!existing) {
      const { id } = await this.call<Thing>('POST', '/things', signal, this.creationOf({ key, content }).body);
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
    const { credential, tokens } = this.#deps;
    const key = [this.#integration.endpoint, this.#integration.tenantId];
    try {
      const { token } = await tokens.get(key, mint, signal);
      return await this.#send<T>(method, path, token, signal, body);
    } catch (error) {
      if (error instanceof ProviderError && error.code === 'unauthenticated') {
        credential.forget();
        tokens.forget(key);
      }
      throw error;
    }
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
