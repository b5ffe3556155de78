import {
  type ApiAnswer,
  askApi,
  bearerAuthorization,
  type Credential,
  type Credentials,
  fingerprintOf,
  hasCode,
  jwtPayload,
  type MintedToken,
  type ProviderDeps,
  ProviderError,
  readJson,
  registryError,
  sendJson,
  withCredential,
} from '@integrations/provider-kit';

export interface HubApiOptions {
  /** Such as `https://hub.docker.com`. */
  readonly base: string;
  readonly credentials: Credentials;
  readonly deps: Pick<ProviderDeps, 'egress' | 'tokens' | 'clock'>;
}

/** The unverified claims of a token of the Hub. */
export interface HubClaims {
  readonly username: string | null;
  /** Such as `repo:read`; empty if the token lists none. */
  readonly scopes: readonly string[];
}

type Login = Extract<Credential, { readonly kind: 'basic' }>;

const PRODUCT = 'Docker Hub';
/** Assumed lifetime of a token that does not state its own, and the longest time that a token is kept. */
const LIFETIME_MS = 600_000;

/** Docker Hub's API, which wants its own token, issued in exchange for that of a user or an organization. */
export class HubApi {
  readonly #options: HubApiOptions;

  constructor(options: HubApiOptions) {
    this.#options = options;
  }

  get base(): string {
    return this.#options.base;
  }

  /** `GET` below the base, anonymous without a credential. Throws ProviderError. */
  async ask(path: string, signal: AbortSignal): Promise<ApiAnswer> {
    const { credentials, deps } = this.#options;
    const token = await this.#token(signal);
    try {
      return await this.#get(path, token, signal);
    } catch (error) {
      if (token === null || !hasCode(error, 'unauthenticated')) throw error;
      deps.tokens.forget(this.#keyOf(await credentials.get(signal)));
      return this.#get(path, await this.#token(signal), signal);
    }
  }

  /** The claims of our token; null without a credential, or if the token cannot be read. */
  async claims(signal: AbortSignal): Promise<HubClaims | null> {
    const token = await this.#token(signal);
    const payload = token === null ? null : jwtPayload(token);
    if (!payload) return null;
    const { username } = (payload['https://hub.docker.com'] ?? {}) as { readonly username?: unknown };
    const { scope } = payload;
    return {
      username: typeof username === 'string' && username !== '' ? username : null,
      scopes: typeof scope === 'string' ? scope.split(' ').filter((one) => one !== '') : [],
    };
  }

  #get(path: string, token: string | null, signal: AbortSignal): Promise<ApiAnswer> {
    const { base, deps } = this.#options;
    const headers = async (): Promise<Record<string, string>> =>
      token === null ? {} : { authorization: bearerAuthorization(token) };
    return askApi({ base, product: PRODUCT, deps, headers, refusing: registryError }, { path }, signal);
  }

  #token(signal: AbortSignal): Promise<string | null> {
    const { credentials, deps } = this.#options;
    const use = async (credential: Credential | null) => {
      if (credential?.kind !== 'basic') return null;
      const mint = (minting: AbortSignal) => this.#mint(credential, minting);
      return (await deps.tokens.get(this.#keyOf(credential), mint, signal)).token;
    };
    return withCredential(credentials, use, signal);
  }

  #keyOf(credential: Credential | null): string[] {
    return ['docker-hub-token', this.#options.base, fingerprintOf(credential)];
  }

  // `/v2/users/login` refuses organization access tokens.
  // https://docs.docker.com/reference/api/hub/latest/operations/AuthCreateAccessToken/
  async #mint({ username, password }: Login, signal: AbortSignal): Promise<MintedToken> {
    const { base, deps } = this.#options;
    const mintedAt = deps.clock.now();
    const body = { identifier: username, secret: password };
    const response = await sendJson(
      deps.egress,
      { method: 'POST', url: `${base}/v2/auth/token`, headers: {}, body },
      signal,
    );
    const what = 'POST /v2/auth/token';
    if (response.status < 200 || response.status > 299) {
      throw registryError(response, PRODUCT, what, deps.clock.now());
    }
    const broken = (cause?: unknown) =>
      new ProviderError('provider_unavailable', `${PRODUCT}'s answer to ${what} contains no token`, { cause });
    const { access_token: token } = readJson(response.text(), broken) as { readonly access_token?: unknown };
    if (typeof token !== 'string') throw broken();
    return { token, mintedAt, expiresAt: mintedAt + lifetimeOf(token) };
  }
}

/** The difference of two times by the Hub's clock, so ours does not matter. */
function lifetimeOf(token: string): number {
  const { iat, exp } = jwtPayload(token) ?? {};
  if (typeof iat !== 'number' || typeof exp !== 'number' || exp <= iat) return LIFETIME_MS;
  return Math.min(LIFETIME_MS, (exp - iat) * 1_000);
}
