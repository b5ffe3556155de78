import { basicAuthorization, bearerAuthorization } from '../credentials/authorization';
import { type Credential, fingerprintOf } from '../credentials/credential';
import { type Credentials, withCredential } from '../credentials/credentials';
import type { EgressResponse } from '../egress/egress';
import type { ProviderDeps } from '../plugin';
import { ProviderError } from '../provider-error';
import { keptFact } from '../token-cache';
import type { AuthorizationHeaders, Authorizer, Refusal } from './authorizer';
import { type Challenge, parseChallenges } from './challenge';
import { unreadable } from '../egress/api-call';
import { challengeError, registryError } from './errors';
import { isRegistry } from './is-registry';
import { furtherScopes, grantedBy, missingFrom } from './scopes';
import { claimsOf, type TokenClaims } from './token-claims';
import { fetchToken, realmOf, type TokenRealm } from './token-exchange';

export interface ChallengeAuthorizerOptions {
  /** The base URL of the registry, without `/v2/`. */
  readonly endpoint: string;
  /** The registry's name in messages. */
  readonly product: string;
  readonly deps: Pick<ProviderDeps, 'egress' | 'tokens' | 'clock'>;
  readonly credentials: Credentials;
  /** Origins of token servers to which the credential may be sent, in addition to the registry's own origin. */
  readonly realmOrigins?: readonly string[];
  /** True if an answer means that the credential or token is no longer valid. Absent: a 401 does. */
  readonly isRefusal?: (response: EgressResponse) => boolean;
}

/**
 * Authenticates in the way that the registry asks for at `/v2/`: not at all, by basic authentication, or by a token
 * from its realm. Caches challenges and tokens in `deps.tokens`.
 */
export class ChallengeAuthorizer implements Authorizer {
  readonly #options: ChallengeAuthorizerOptions;
  readonly #realmOrigins: readonly string[];
  /** Further scopes that the registry demanded, keyed by the scopes of the request. */
  readonly #further = new Map<string, readonly string[]>();
  /** Challenges that the registry sent in answer to an anonymous request; they replace those of `/v2/`. */
  #learned: readonly Challenge[] | undefined;

  constructor(options: ChallengeAuthorizerOptions) {
    this.#options = options;
    this.#realmOrigins = [new URL(options.endpoint).origin, ...(options.realmOrigins ?? [])];
  }

  async authorize(scopes: readonly string[], signal: AbortSignal): Promise<AuthorizationHeaders> {
    // First, so that nothing is sent if the secret cannot be resolved.
    const credential = await this.#options.credentials.get(signal);
    if (credential?.kind === 'bearer') return { authorization: bearerAuthorization(credential.token) };
    const challenges = await this.challenges(signal);
    const realm = this.#realmIn(challenges);
    if (realm) return this.#byToken(realm, this.#all(scopes), signal);
    if (credential?.kind !== 'basic' || !challenges.some(({ scheme }) => scheme === 'basic')) return {};
    return { authorization: basicAuthorization(credential.username, credential.password) };
  }

  async refused({ response, sent, scopes }: Refusal, signal: AbortSignal): Promise<AuthorizationHeaders | null> {
    const isRefusal = this.#options.isRefusal?.(response) ?? response.status === 401;
    if (!isRefusal) return null;
    const asked = parseChallenges(response.headers['www-authenticate']);
    // Only from the answer to an anonymous request: Harbor asks for basic authentication whatever it was sent.
    if (sent['authorization'] === undefined) this.#learned = asked;
    else if (!this.#learnScopes(asked, scopes) && challengeError(response) === 'insufficient_scope') return null;
    else await this.#forget(scopes, signal);
    const instead = await this.authorize(scopes, signal);
    return instead['authorization'] === sent['authorization'] ? null : instead;
  }

  /** The registry's challenges; empty if the registry is open to everyone. */
  async challenges(signal: AbortSignal): Promise<readonly Challenge[]> {
    if (this.#learned) return this.#learned;
    const look = async (asking: AbortSignal) => JSON.stringify(await this.#ask(asking));
    const kept = await keptFact(this.#options.deps, this.#challengeKey, look, signal);
    return JSON.parse(kept) as readonly Challenge[];
  }

  /** The claims of a token for `scopes`; the token is not used. Null without tokens, or if the token cannot be read. */
  async claims(scopes: readonly string[], signal: AbortSignal): Promise<TokenClaims | null> {
    await this.#options.credentials.get(signal); // first, as in `authorize`
    const realm = this.#realmIn(await this.challenges(signal));
    return realm && claimsOf(await this.#token(realm, scopes, signal));
  }

  async #ask(signal: AbortSignal): Promise<readonly Challenge[]> {
    const { endpoint, product, deps } = this.#options;
    const response = await deps.egress.request({ method: 'GET', url: `${endpoint}/v2/`, signal });
    if (response.status === 200) {
      if (!isRegistry(response)) throw unreadable(product, 'GET /v2/');
      return [];
    }
    const challenges = parseChallenges(response.headers['www-authenticate']);
    if (response.status === 401 && challenges.length > 0) return challenges;
    throw registryError(response, product, 'GET /v2/', deps.clock.now());
  }

  #realmIn(challenges: readonly Challenge[]): TokenRealm | null {
    const bearer = challenges.find(({ scheme, params }) => scheme === 'bearer' && params['realm']);
    return bearer ? realmOf(bearer.params, this.#realmOrigins, this.#options.product) : null;
  }

  async #byToken(realm: TokenRealm, scopes: readonly string[], signal: AbortSignal): Promise<AuthorizationHeaders> {
    const token = await this.#token(realm, scopes, signal);
    // Token servers grant less than what was asked for instead of refusing the request.
    const granted = grantedBy(claimsOf(token) ?? {});
    const missing = granted && missingFrom(granted, scopes);
    if (missing && missing.length > 0) throw this.#insufficient(missing);
    return { authorization: bearerAuthorization(token) };
  }

  #insufficient(missing: readonly string[]): ProviderError {
    const message = `${this.#options.product} does not grant ${missing.join(', ')}: the credential does not allow it, or it does not exist`;
    return new ProviderError('permission_missing', message);
  }

  #token(realm: TokenRealm, scopes: readonly string[], signal: AbortSignal): Promise<string> {
    const use = (credential: Credential | null) => this.#minted(realm, credential, scopes, signal);
    return withCredential(this.#options.credentials, use, signal);
  }

  async #minted(
    realm: TokenRealm,
    credential: Credential | null,
    scopes: readonly string[],
    signal: AbortSignal,
  ): Promise<string> {
    const { deps, product } = this.#options;
    const mint = (minting: AbortSignal) => fetchToken({ ...deps, product }, realm, credential, scopes, minting);
    return (await deps.tokens.get(this.#keyOf(realm, credential, scopes), mint, signal)).token;
  }

  #keyOf({ realm, service }: TokenRealm, credential: Credential | null, scopes: readonly string[]): string[] {
    const { endpoint } = this.#options;
    return ['registry-token', endpoint, fingerprintOf(credential), realm.href, service ?? '', ...scopes];
  }

  get #challengeKey(): string[] {
    return ['registry-challenge', this.#options.endpoint];
  }

  async #forget(scopes: readonly string[], signal: AbortSignal): Promise<void> {
    const { credentials, deps } = this.#options;
    const credential = await credentials.get(signal);
    const realm = this.#realmIn(await this.challenges(signal));
    if (realm) deps.tokens.forget(this.#keyOf(realm, credential, this.#all(scopes)));
    credentials.forget();
    // The registry may send another challenge by now.
    deps.tokens.forget(this.#challengeKey);
    this.#learned = undefined;
  }

  #all(scopes: readonly string[]): readonly string[] {
    return [...scopes, ...(this.#further.get(scopes.join(' ')) ?? [])];
  }

  #learnScopes(asked: readonly Challenge[], scopes: readonly string[]): boolean {
    const wanted = asked.find(({ scheme }) => scheme === 'bearer')?.params['scope'];
    const further = furtherScopes(wanted, this.#all(scopes));
    if (further.length === 0) return false;
    this.#further.set(scopes.join(' '), further);
    return true;
  }
}
