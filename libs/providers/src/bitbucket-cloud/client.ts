import {
  type EgressResponse,
  hasCode,
  type IntegrationConfig,
  keptFact,
  type MintedToken,
  type ProviderDeps,
  ProviderError,
  type Secret,
  shortHash,
} from '@integrations/provider-kit';
import { apiOf, tokenUrlOf, webOf } from './addresses';
import { counts } from './budget';
import type { BitbucketCloudConfig } from './config';
import { errorFrom, unreadable } from './errors';
import { basic, type Login, loginOf } from './login';
import { type ApiRequest, dataOf, send } from './transport';

/** The only way to Bitbucket: base URL, authentication, budget, error mapping. Throws ProviderError. */
export class BitbucketClient {
  /** The base URL of the API, including `/2.0`. */
  readonly api: string;
  /** The base URL of the web pages. */
  readonly web: string;
  readonly config: BitbucketCloudConfig;
  readonly #endpoint: string;
  readonly #deps: ProviderDeps;
  /** Resolved once per operation. */
  #secret: Secret | undefined;

  constructor({ endpoint, config }: IntegrationConfig<BitbucketCloudConfig>, deps: ProviderDeps) {
    this.api = apiOf(endpoint);
    this.web = webOf(endpoint);
    this.config = config;
    this.#endpoint = endpoint;
    this.#deps = deps;
  }

  /** Makes a call and returns the JSON of its answer. */
  async call(request: ApiRequest, signal: AbortSignal): Promise<object> {
    return this.dataOf(request, await this.ask(request, signal));
  }

  /** The data of a response. Throws ProviderError for a refusal. */
  dataOf({ method, path }: ApiRequest, response: EgressResponse): object {
    return dataOf(response, this.#deps.clock.now(), `${method} ${path}`);
  }

  errorFrom({ method, path }: ApiRequest, response: EgressResponse): ProviderError {
    return errorFrom(response, `${method} ${path}`, this.#deps.clock.now());
  }

  /**
   * As `call`, but returns any response. Retries once if Bitbucket refuses the credential and the secret has changed.
   */
  async ask(request: ApiRequest, signal: AbortSignal): Promise<EgressResponse> {
    const { egress, gate } = this.#deps;
    const authorization = await this.#accepted(signal);
    if (counts(request.path)) await gate?.spend('request');
    const response = await send(egress, this.api, request, authorization, signal);
    if (response.status !== 401) return response;
    await this.#forget(signal);
    const renewed = await this.#authorization(signal);
    return renewed === authorization ? response : send(egress, this.api, request, renewed, signal);
  }

  /** Caches a fact about the account. */
  async kept(name: string, look: (signal: AbortSignal) => Promise<string>, signal: AbortSignal): Promise<string> {
    return keptFact(this.#deps, await this.#key(name, signal), look, signal);
  }

  /**
   * The Authorization header. Retries once if Bitbucket mints no token for the credential and the secret has changed.
   */
  async #accepted(signal: AbortSignal): Promise<string> {
    try {
      return await this.#authorization(signal);
    } catch (error) {
      if (!hasCode(error, 'unauthenticated')) throw error;
      const refused = await this.#key('token', signal);
      await this.#forget(signal);
      const renewed = await this.#key('token', signal);
      if (String(renewed) === String(refused)) throw error;
      return this.#authorization(signal);
    }
  }

  async #authorization(signal: AbortSignal): Promise<string> {
    const login = await this.#login(signal);
    switch (login.kind) {
      case 'access_token':
        return `Bearer ${login.token}`;
      case 'api_token':
        return basic(login);
      case 'oauth_consumer': {
        const mint = (minting: AbortSignal) => this.#mint(basic(login), minting);
        return `Bearer ${(await this.#deps.tokens.get(await this.#key('token', signal), mint, signal)).token}`;
      }
    }
  }

  async #login(signal: AbortSignal): Promise<Login> {
    this.#secret ??= await this.#deps.credential.resolve(signal);
    return loginOf(this.#secret, this.config.authentication);
  }

  async #forget(signal: AbortSignal): Promise<void> {
    this.#deps.tokens.forget(await this.#key('token', signal));
    this.#deps.credential.forget();
    this.#secret = undefined;
  }

  async #key(name: string, signal: AbortSignal): Promise<readonly string[]> {
    const login = await this.#login(signal);
    return [this.api, 'bitbucket_cloud', shortHash(JSON.stringify(login)), name];
  }

  /** https://developer.atlassian.com/cloud/bitbucket/oauth-2/#4--client-credentials-grant--4-4- */
  async #mint(authorization: string, signal: AbortSignal): Promise<MintedToken> {
    const url = tokenUrlOf(this.#endpoint);
    const what = 'the request for an access token';
    const mintedAt = this.#deps.clock.now();
    const response = await this.#deps.egress.request({
      ...{ method: 'POST', url, body: 'grant_type=client_credentials', signal },
      headers: {
        ...{ accept: 'application/json', authorization },
        'content-type': 'application/x-www-form-urlencoded',
      },
    });
    if (response.status === 400) {
      const why = 'Bitbucket refuses the OAuth consumer: its key or secret is wrong, or it is not private';
      throw new ProviderError('unauthenticated', why, { httpStatus: response.status });
    }
    const data = dataOf(response, mintedAt, what);
    const { access_token: token, expires_in: lifetimeSeconds } = data as {
      access_token?: unknown;
      expires_in?: unknown;
    };
    if (typeof token !== 'string' || typeof lifetimeSeconds !== 'number') throw unreadable(what);
    return { token, mintedAt, expiresAt: mintedAt + lifetimeSeconds * 1_000 };
  }
}
