import {
  type EgressResponse,
  hasCode,
  type IntegrationConfig,
  keptFact,
  percentDecoded,
  type ProviderDeps,
  type Secret,
} from '@integrations/provider-kit';
import { baseOf } from './addresses';
import { kindOf, pauseMs } from './budget';
import type { BitbucketDataCenterConfig } from './config';
import { isLocked, unreadable } from './errors';
import { answerOf, type ApiAnswer, type ApiRequest, send } from './transport';

/** Our account at Bitbucket. A token of a project or repository has a hidden user of its own. */
export interface Account {
  readonly name: string;
  /** Null if Bitbucket reports only the name. */
  readonly id: number | null;
}

/** The fields we use of the instance's properties. */
export interface ApplicationProperties {
  readonly version: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The only way to Bitbucket: base URL, authentication, budget, error mapping. Throws ProviderError. */
export class BitbucketClient {
  /** The base URL of the instance, context path included. */
  readonly base: string;
  readonly #deps: ProviderDeps;
  /** Resolved once per operation. */
  #secret: Secret | undefined;
  #self: Account | undefined;

  constructor({ endpoint }: IntegrationConfig<BitbucketDataCenterConfig>, deps: ProviderDeps) {
    this.base = baseOf(endpoint);
    this.#deps = deps;
  }

  /** Makes a call. If Bitbucket refuses the token, reads the secret again and retries once if it has changed. */
  async call(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    const { credential, gate } = this.#deps;
    const token = await this.#token(signal);
    const kind = kindOf(request.method);
    if (kind) await gate?.spend(kind);
    const response = await this.#send(request, token, signal);
    try {
      return this.#answer(request, response);
    } catch (error) {
      if (!hasCode(error, 'unauthenticated') || isLocked(error)) throw error;
      credential.forget();
      this.#secret = undefined;
      const renewed = await this.#token(signal);
      if (renewed === token) throw error;
      return this.#answer(request, await this.#send(request, renewed, signal));
    }
  }

  /** Our account, from the headers of any answer; asked for separately if a proxy drops them. Null if anonymous. */
  async self(signal: AbortSignal): Promise<Account | null> {
    if (this.#self) return this.#self;
    const { text } = await this.call(
      { method: 'GET', path: '/plugins/servlet/applinks/whoami', reads: 'text' },
      signal,
    );
    const name = text.trim();
    if (name === '') return null;
    return (this.#self ??= { name, id: null });
  }

  /** True if a comment's author, or the resolver of a thread, is our own account. */
  async isSelf(user: Partial<Account> | null | undefined, signal: AbortSignal): Promise<boolean> {
    const self = await this.self(signal);
    if (!self || !user) return false;
    return self.id !== null && user.id !== undefined ? user.id === self.id : user.name === self.name;
  }

  async properties(signal: AbortSignal): Promise<ApplicationProperties> {
    const path = '/rest/api/latest/application-properties';
    const { data, headers } = await this.call({ method: 'GET', path }, signal);
    const { version, buildNumber } = data as { version?: unknown; buildNumber?: unknown };
    if (typeof version !== 'string' || typeof buildNumber !== 'string') throw unreadable(`GET ${path}`);
    return { version, headers };
  }

  /** Such as `9.4.0`. */
  version(signal: AbortSignal): Promise<string> {
    const lookUp = async (lookupSignal: AbortSignal) => (await this.properties(lookupSignal)).version;
    return keptFact(this.#deps, [this.base, 'bitbucket_data_center', 'version'], lookUp, signal);
  }

  async #token(signal: AbortSignal): Promise<string> {
    this.#secret ??= await this.#deps.credential.resolve(signal);
    return this.#secret.reveal();
  }

  #send(request: ApiRequest, token: string, signal: AbortSignal): Promise<EgressResponse> {
    return send(this.#deps.egress, this.base, request, token, signal);
  }

  #answer(request: ApiRequest, response: EgressResponse): ApiAnswer {
    const { clock, gate } = this.#deps;
    const pause = pauseMs(response.headers);
    if (pause !== null) gate?.hold(pause);
    this.#self = accountIn(response.headers) ?? this.#self;
    return answerOf(response, request, clock.now(), `${request.method} ${request.path}`);
  }
}

function accountIn(headers: Readonly<Record<string, string>>): Account | undefined {
  const name = percentDecoded(headers['x-ausername'] ?? '');
  if (name === '' || name === 'anonymous') return undefined;
  const id = Number(headers['x-auserid']);
  return { name, id: Number.isSafeInteger(id) && id > 0 ? id : null };
}
