import {
  type EgressResponse,
  type IntegrationConfig,
  keptFact,
  type ProviderDeps,
  type Secret,
  shortHash,
} from '@integrations/provider-kit';
import { instanceOf } from './addresses';
import type { GiteaConfig } from './config';
import { isUnknownToken, unreadable } from './errors';
import { answerOf, type ApiAnswer, type ApiRequest, send, successOf } from './transport';

/** The only way to Gitea: base URL, authentication, budget, error mapping. Throws ProviderError. */
export class GiteaClient {
  /** The base URL of the instance, path prefix included. */
  readonly instance: string;
  readonly #deps: ProviderDeps;
  /** Resolved once per operation. */
  #secret: Secret | undefined;

  constructor({ endpoint }: IntegrationConfig<GiteaConfig>, deps: ProviderDeps) {
    this.instance = instanceOf(endpoint);
    this.#deps = deps;
  }

  async call(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    return answerOf(await this.#ask(request, signal), nameOf(request));
  }

  /** GETs a path whose answer is not JSON. */
  async text(path: string, signal: AbortSignal): Promise<string> {
    return (await this.#ask({ method: 'GET', path }, signal)).text();
  }

  /** The id of the token's user, who is the author of everything we write. */
  async ownUserId(signal: AbortSignal): Promise<number> {
    const lookUp = async (lookupSignal: AbortSignal) => {
      const { data } = await this.call({ method: 'GET', path: '/user' }, lookupSignal);
      const { id } = data as { id?: unknown };
      if (typeof id !== 'number') throw unreadable('GET /user');
      return String(id);
    };
    const key = [this.instance, 'gitea', shortHash(await this.#token(signal)), 'user'];
    return Number(await keptFact(this.#deps, key, lookUp, signal));
  }

  /** If Gitea does not know the token, reads the secret again and retries once if it has changed. */
  async #ask(request: ApiRequest, signal: AbortSignal): Promise<EgressResponse> {
    const { credential, gate, egress, clock } = this.#deps;
    const token = await this.#token(signal);
    if (request.method !== 'GET') await gate?.spend('write');
    const what = nameOf(request);
    const response = await send(egress, this.instance, request, token, signal);
    if (!isUnknownToken(response)) return successOf(response, clock.now(), what);
    credential.forget();
    this.#secret = undefined;
    const renewed = await this.#token(signal);
    const last = renewed === token ? response : await send(egress, this.instance, request, renewed, signal);
    return successOf(last, clock.now(), what);
  }

  async #token(signal: AbortSignal): Promise<string> {
    this.#secret ??= await this.#deps.credential.resolve(signal);
    return this.#secret.reveal();
  }
}

function nameOf({ method, path }: ApiRequest): string {
  return `${method} ${path}`;
}
