import {
  type EgressResponse,
  hasCode,
  type IntegrationConfig,
  keptFact,
  type ProviderDeps,
  type Secret,
} from '@integrations/provider-kit';
import { baseOf } from './addresses';
import { kindOf, pauseMs } from './budget';
import type { BitbucketDataCenterConfig } from './config';
import { isLocked, unreadable } from './errors';
import { answerOf, type ApiAnswer, type ApiRequest, send } from './transport';

/** Whom Bitbucket takes us for. A token of a project or a repository has a hidden user of its own. */
export interface Account {
  readonly name: string;
  /** Null where only the name is told. */
  readonly id: number | null;
}

/** The fields we use of what Bitbucket says of itself. */
export interface ApplicationProperties {
  readonly version: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The one way to Bitbucket: base URL, authentication, budget, error mapping. Throws ProviderError. */
export class BitbucketClient {
  /** The base URL of the instance, context path included. */
  readonly base: string;
  readonly #deps: ProviderDeps;
  /** Resolved once for an operation. */
  #secret: Secret | undefined;
  #self: Account | undefined;

  constructor({ endpoint }: IntegrationConfig<BitbucketDataCenterConfig>, deps: ProviderDeps) {
    this.base = baseOf(endpoint);
    this.#deps = deps;
  }

  /** One call; a token that Bitbucket refuses is asked of the store once more. */
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

  /** Every answer names whom Bitbucket takes us for; where a proxy drops that, it is asked. Null: nobody. */
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

  /** Whether it is our own account that a comment or a resolution is of. */
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
    const look = async (looking: AbortSignal) => (await this.properties(looking)).version;
    return keptFact(this.#deps, [this.base, 'bitbucket_data_center', 'version'], look, signal);
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
  const name = decoded(headers['x-ausername'] ?? '');
  if (name === '' || name === 'anonymous') return undefined;
  const id = Number(headers['x-auserid']);
  return { name, id: Number.isSafeInteger(id) && id > 0 ? id : null };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
