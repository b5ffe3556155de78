import {
  askRegistryApi,
  jwtPayload,
  type MintedToken,
  type ProviderDeps,
  ProviderError,
  type RegistryApiAnswer,
  type RegistryCredentials,
  registryError,
  shortHash,
} from '@integrations/provider-kit';

export interface HubApiOptions {
  /** Such as `https://hub.docker.com`. */
  readonly base: string;
  readonly credentials: RegistryCredentials;
  readonly deps: Pick<ProviderDeps, 'egress' | 'tokens' | 'clock'>;
}

/** What a token of the Hub says of itself, unverified. */
export interface HubClaims {
  readonly username: string | null;
  /** Such as `repo:read`; empty where it does not say. */
  readonly scopes: readonly string[];
}

interface Login {
  readonly username: string;
  readonly password: string;
}

const PRODUCT = 'Docker Hub';
/** Of a token that does not say. */
const LIFETIME_MS = 600_000;

/** Docker Hub's API, which takes a token of its own in exchange for that of a user or an organization. */
export class HubApi {
  readonly #options: HubApiOptions;

  constructor(options: HubApiOptions) {
    this.#options = options;
  }

  get base(): string {
    return this.#options.base;
  }

  /** `GET` below the base, anonymous without a credential. Throws ProviderError. */
  async ask(path: string, signal: AbortSignal): Promise<RegistryApiAnswer> {
    const token = await this.#token(signal);
    try {
      return await this.#get(path, token, signal);
    } catch (error) {
      if (token === null || !isRefusal(error)) throw error;
      await this.#forget(signal);
      return this.#get(path, await this.#token(signal), signal);
    }
  }

  /** Null without a credential, and of a token that cannot be read. */
  async claims(signal: AbortSignal): Promise<HubClaims | null> {
    const token = await this.#token(signal);
    const payload = token === null ? null : jwtPayload(token);
    if (!payload) return null;
    const { username } = (payload['https://hub.docker.com'] ?? {}) as { readonly username?: unknown };
    const { scope } = payload;
    return {
      username: typeof username === 'string' && username !== '' ? username.slice(0, 200) : null,
      scopes: typeof scope === 'string' ? scope.split(' ').filter((one) => one !== '') : [],
    };
  }

  #get(path: string, token: string | null, signal: AbortSignal): Promise<RegistryApiAnswer> {
    const { base, deps } = this.#options;
    const headers = async (): Promise<Record<string, string>> =>
      token === null ? {} : { authorization: `Bearer ${token}` };
    return askRegistryApi({ base, product: PRODUCT, deps, headers }, path, signal);
  }

  /** A credential that the Hub refuses is asked of the store once more. */
  async #token(signal: AbortSignal): Promise<string | null> {
    const login = await this.#login(signal);
    if (!login) return null;
    try {
      return await this.#minted(login, signal);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#options.credentials.forget();
      const renewed = await this.#login(signal);
      if (!renewed || shortHash(renewed.username, renewed.password) === shortHash(login.username, login.password)) {
        throw error;
      }
      return this.#minted(renewed, signal);
    }
  }

  async #login(signal: AbortSignal): Promise<Login | null> {
    const credential = await this.#options.credentials.get(signal);
    return credential?.kind === 'basic' ? credential : null;
  }

  async #minted(login: Login, signal: AbortSignal): Promise<string> {
    const { tokens } = this.#options.deps;
    return (await tokens.get(this.#keyOf(login), (minting) => this.#mint(login, minting), signal)).token;
  }

  async #forget(signal: AbortSignal): Promise<void> {
    const login = await this.#login(signal);
    if (login) this.#options.deps.tokens.forget(this.#keyOf(login));
  }

  #keyOf({ username, password }: Login): string[] {
    return ['docker-hub-token', this.#options.base, shortHash(username, password)];
  }

  // `/v2/users/login` refuses organization access tokens.
  // https://docs.docker.com/reference/api/hub/latest/operations/AuthCreateAccessToken/
  async #mint({ username, password }: Login, signal: AbortSignal): Promise<MintedToken> {
    const { base, deps } = this.#options;
    const mintedAt = deps.clock.now();
    const response = await deps.egress.request({
      ...{ method: 'POST', url: `${base}/v2/auth/token`, signal },
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ identifier: username, secret: password }),
    });
    const what = 'POST /v2/auth/token';
    if (response.status < 200 || response.status > 299) {
      throw registryError(response, PRODUCT, what, deps.clock.now());
    }
    const token = tokenIn(response.text());
    if (token === null) throw new ProviderError('provider_unavailable', `${PRODUCT} gives no token to ${what}`);
    return { token, mintedAt, expiresAt: mintedAt + lifetimeOf(token) };
  }
}

function tokenIn(body: string): string | null {
  try {
    const { access_token: token } = JSON.parse(body) as { readonly access_token?: unknown };
    return typeof token === 'string' && /^[\x21-\x7e]+$/.test(token) ? token : null;
  } catch {
    return null; // a page of a proxy, say
  }
}

/** Between two times of the Hub's own clock. */
function lifetimeOf(token: string): number {
  const { iat, exp } = jwtPayload(token) ?? {};
  if (typeof iat !== 'number' || typeof exp !== 'number' || exp <= iat) return LIFETIME_MS;
  return Math.min(LIFETIME_MS, (exp - iat) * 1_000);
}

function isRefusal(error: unknown): boolean {
  return error instanceof ProviderError && error.code === 'unauthenticated';
}
