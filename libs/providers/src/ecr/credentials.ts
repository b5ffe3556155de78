import type { EgressResponse, MintedToken, ProviderDeps, Credential, Credentials } from '@integrations/provider-kit';
import { type EcrApi, unreadable } from './ecr-api';
import type { AwsIdentity } from '../vendors/aws/identity';

const USERNAME = 'AWS';
const LIFETIME_MS = 12 * 3_600_000;
/** No session of a role is shorter, and no token ends before the session that it is of. */
const SHORTEST_LIFE_MS = 15 * 60_000;

/** The passwords that ECR gives out for its registries, good for twelve hours at most. */
export class EcrCredentials implements Credentials {
  readonly #place: readonly string[];
  readonly #identity: AwsIdentity;
  readonly #api: EcrApi;
  readonly #deps: ProviderDeps;
  #last: { readonly key: readonly string[]; readonly mintedAt: number } | undefined;

  /** `place` names the registry, and where its passwords come from. */
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
   * That a password has expired is told with 403, like what it may not do, and in the body, which the answer to a HEAD is
   * without: there it is believed of one that can have.
   */
  isRefusal(response: EgressResponse): boolean {
    if (response.status === 401) return true;
    if (response.status !== 403) return false;
    const age = this.#deps.clock.now() - (this.#last?.mintedAt ?? Infinity);
    return response.body.length === 0 ? age >= SHORTEST_LIFE_MS : /token has expired/i.test(response.text());
  }

  async #mint(signal: AbortSignal): Promise<MintedToken> {
    const mintedAt = this.#deps.clock.now();
    const { authorizationData } = await this.#api.ask('GetAuthorizationToken', {}, signal);
    // A list where registries are private, one where they are public.
    const [data] = [authorizationData].flat() as { authorizationToken?: unknown; expiresAt?: unknown }[];
    const [, password] = /^AWS:([\x21-\x7e]+)$/.exec(decoded(data?.authorizationToken)) ?? [];
    if (password === undefined) throw unreadable('GetAuthorizationToken');
    const told = typeof data?.expiresAt === 'number' ? data.expiresAt * 1_000 : Infinity;
    return { token: password, mintedAt, expiresAt: Math.min(told, mintedAt + LIFETIME_MS) };
  }
}

function decoded(token: unknown): string {
  return typeof token === 'string' ? Buffer.from(token, 'base64').toString() : '';
}
