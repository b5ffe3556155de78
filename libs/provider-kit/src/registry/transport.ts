import type { ProbeVerdict } from '@integrations/contracts';
import type { EgressResponse } from '../egress/egress';
import type { ProviderDeps } from '../plugin';
import type { ProviderError } from '../provider-error';
import type { Authorizer, AuthorizationHeaders } from './authorizer';
import { unreadable } from '../egress/api-call';
import { registryError } from './errors';
import { registryQuota } from './quota';
import { warningsIn } from './warnings';

export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD';
  /** Relative to the endpoint, with its query: `/v2/_catalog?n=100`. */
  readonly path: string;
  /** The scopes that a token for the request needs. */
  readonly scopes: readonly string[];
  readonly accept?: string;
  /** Maximum size of the answer. */
  readonly maxBytes?: number;
}

export interface RegistryTransportOptions {
  /** The base URL of the registry, without `/v2/`. */
  readonly endpoint: string;
  /** The registry's name in messages. */
  readonly product: string;
  readonly deps: Pick<ProviderDeps, 'egress' | 'clock'>;
  readonly authorizer: Authorizer;
  /** As in OciRegistryOptions. */
  readonly mayLeave?: boolean;
}

/** One retry for an expired token, and one for a scope that the fresh token lacks. */
const MAX_RETRIES = 2;
const MAX_WARNINGS = 10;

/** Sends all requests to a registry: authorises, maps errors, collects warnings and the quota. Throws ProviderError. */
export class RegistryTransport {
  readonly #options: RegistryTransportOptions;
  readonly #warnings = new Set<string>();
  /** The pull quota, as the registry last reported it. */
  quota: ProbeVerdict['quota'];

  constructor(options: RegistryTransportOptions) {
    this.#options = options;
  }

  /** The distinct warnings that the registry has sent so far. */
  get warnings(): readonly string[] {
    return [...this.#warnings];
  }

  /** Sends a request and returns its answer. Throws unless the status is 200 to 299. */
  async send(request: RegistryRequest, signal: AbortSignal): Promise<EgressResponse> {
    const response = await this.exchange(request, signal);
    this.accept(request, response);
    return response;
  }

  /** Sends a request, and retries if the registry wants another authorization. Returns an answer of any status. */
  async exchange(request: RegistryRequest, signal: AbortSignal): Promise<EgressResponse> {
    const { authorizer } = this.#options;
    const { scopes } = request;
    let headers = await authorizer.authorize(scopes, signal);
    for (let retries = 0; ; retries++) {
      const response = await this.#once(request, headers, signal);
      const isRefused = response.status === 401 || response.status === 403;
      if (!isRefused || retries === MAX_RETRIES) return response;
      const instead = await authorizer.refused({ response, sent: headers, scopes }, signal);
      if (!instead) return response;
      headers = instead;
    }
  }

  /** Throws the error that an unsuccessful answer stands for. */
  accept(request: RegistryRequest, response: EgressResponse): void {
    const { product, deps } = this.#options;
    const { status, headers } = response;
    const what = `${request.method} ${withoutQuery(request.path)}`;
    if (status < 200 || status > 299) throw registryError(response, product, what, deps.clock.now());
    // A proxy or a sign-in page answered instead of the registry.
    if (/^text\/html\b/i.test(headers['content-type'] ?? '')) throw this.unreadable(request);
  }

  unreadable({ method, path }: Pick<RegistryRequest, 'method' | 'path'>, cause?: unknown): ProviderError {
    return unreadable(this.#options.product, `${method} ${withoutQuery(path)}`, cause);
  }

  async #once(
    request: RegistryRequest,
    authorization: AuthorizationHeaders,
    signal: AbortSignal,
  ): Promise<EgressResponse> {
    const { method, path, accept = 'application/json', maxBytes } = request;
    const { deps, endpoint, mayLeave = false } = this.#options;
    const response = await deps.egress.request({
      ...{ method, url: `${endpoint}${path}`, headers: { accept, ...authorization }, mayLeave, signal },
      ...(maxBytes === undefined ? {} : { maxResponseBytes: maxBytes }),
    });
    this.quota = registryQuota(response.headers) ?? this.quota;
    for (const warning of warningsIn(response.headers['warning'], authorization['authorization'])) {
      if (this.#warnings.size < MAX_WARNINGS) this.#warnings.add(warning);
    }
    return response;
  }
}

function withoutQuery(path: string): string {
  return path.replace(/\?.*$/, '');
}
