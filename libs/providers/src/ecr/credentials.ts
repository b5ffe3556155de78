import type { EgressResponse, MintedToken, ProviderDeps, Credential, Credentials } from '@integrations/provider-kit';
import { type EcrApi, unreadable } from './ecr-api';
import type { AwsIdentity } from '../vendors/aws/identity';

const USERNAME = 'AWS';
const LIFETIME_MS = 12 * 3_600_000;
/** The shortest session of a role. A token lives at least as long as the session that it was issued in. */
const SHORTEST_LIFETIME_MS = 15 * 60_000;

/** The passwords that ECR issues for its registries, valid for at most twelve hours. */
export class EcrCredentials implements Credentials {
  readonly #place: readonly string[];
  readonly #identity: AwsIdentity;
  readonly #api: EcrApi;
  readonly #deps: ProviderDeps;
  #last: { readonly key: readonly string[]; readonly mintedAt: number } | undefined;

  /** `place` identifies the registry and the API that issues its passwords. */
  constructor(place: readonly string[], identity: AwsIdentity, api: EcrApi, deps: ProviderDeps) {
    this.#place = place;
    this.#identity = identity;
    this.#api = api;
    this.#deps = deps;
  }

  async get(signal: AbortSignal): Promise<Credential | null> {
    const { credential, tokens } = this.#deps;
    if (!credential.present) return null;
    const key = ['ecr-password', ...this.#place, ...(await this.#identity.fingerprint(signal))];
    const { token, mintedAt } = await tokens.get(key, (minting) => this.#mint(minting), signal);
    this.#last = { key, mintedAt };
    return { kind: 'basic', username: USERNAME, password: token };
  }

  forget(): void {
    if (this.#last) this.#deps.tokens.forget(this.#last.key);
    this.#identity.forget();
  }

  /**
   * ECR answers 403 both for an expired password and for a missing permission; only the body tells which. The answer to
   * a HEAD has no body, so it counts as expired if the password is old enough to have expired.
   */
  isRefusal(response: EgressResponse): boolean {
    if (response.status === 401) return true;
    if (response.status !== 403) return false;
    const age = this.#deps.clock.now() - (this.#last?.mintedAt ?? Infinity);
    return response.body.length === 0 ? age >= SHORTEST_LIFETIME_MS : /token has expired/i.test(response.text());
  }

  async #mint(signal: AbortSignal): Promise<MintedToken> {
    const mintedAt = this.#deps.clock.now();
    const { authorizationData } = await this.#api.ask('GetAuthorizationToken', {}, signal);
    // A list for private registries, a single object for the public one.
    const [data] = [authorizationData].flat() as { authorizationToken?: unknown; expiresAt?: unknown }[];
    const [, password] = /^AWS:([\x21-\x7e]+)$/.exec(decoded(data?.authorizationToken)) ?? [];
    if (password === undefined) throw unreadable('GetAuthorizationToken');
    const stated = typeof data?.expiresAt === 'number' ? data.expiresAt * 1_000 : Infinity;
    return { token: password, mintedAt, expiresAt: Math.min(stated, mintedAt + LIFETIME_MS) };
  }
}

function decoded(token: unknown): string {
  return typeof token === 'string' ? Buffer.from(token, 'base64').toString() : '';
}
