import {
  type EgressResponse,
  hasCode,
  type IntegrationConfig,
  keptFact,
  type MintedToken,
  type ProviderDeps,
  ProviderError,
  withSecret,
} from '@integrations/provider-kit';
import { type AppKey, appKey } from './app-key';
import { blamesClock, isOutOfReach, isUnknownApp, TOKEN_SETTLES_MS, unreadable } from './errors';
import { kindOf, pauseAfter } from './pacing';
import { answerOf, type ApiAnswer, type ApiRequest, send } from './transport';

/** The permission that a call needs, by GitHub's name. */
export type Permission = 'checks' | 'contents' | 'pull_requests' | 'statuses' | 'actions' | 'metadata';

/** The app, and its installation to use; without `installationId`, it is looked up by owner and repository. */
export interface AppAccess {
  readonly appId: string;
  readonly installationId?: number;
}

/** The repository of a call, and the permission that the call needs. */
export interface Scope {
  readonly owner: string;
  readonly repository: string;
  readonly permission: Permission;
}

interface Access {
  readonly token: MintedToken;
  readonly tokenKey: readonly string[];
  /** Cache key of the installation id, if it was looked up by owner and repository. */
  readonly installationKey: readonly string[] | null;
}

/**
 * The only way to GitHub: base URL, authentication, error mapping. Throws ProviderError.
 *
 * Octokit is used for nothing but signing the app's JWT. It shares installation tokens across hosts while they are
 * being minted (auth-app 8.3.1), its retry plugin repeats POSTs whose reply was lost, and its request layer treats a
 * truncated body as a success and costs several times as much as the call itself.
 */
export class GitHubClient {
  readonly #integration: IntegrationConfig<AppAccess>;
  readonly #deps: ProviderDeps;

  constructor(integration: IntegrationConfig<AppAccess>, deps: ProviderDeps) {
    this.#integration = integration;
    this.#deps = deps;
  }

  get config(): AppAccess {
    return this.#integration.config;
  }

  /** Base URL of the API. */
  get endpoint(): string {
    return this.#integration.endpoint;
  }

  /** Makes a call as the app itself. */
  asApp(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    return this.#withKey((key) => this.#appCall(key, request, null, signal), signal);
  }

  /** Reads an installation. Throws `not_installed` if it does not exist. */
  installation(installationId: number, signal: AbortSignal): Promise<ApiAnswer> {
    const request = { method: 'GET', path: `/app/installations/${installationId}` } as const;
    return this.#withKey((key) => this.#appCall(key, request, `installation ${installationId}`, signal), signal);
  }

  /** The REST login of the author of everything that the app writes: `<slug>[bot]`. */
  botLogin(signal: AbortSignal): Promise<string> {
    return this.#withKey(async (key) => {
      const lookUp = async (lookupSignal: AbortSignal) => {
        const { data } = await this.#appCall(key, { method: 'GET', path: '/app' }, null, lookupSignal);
        const { slug } = data as { slug?: unknown };
        if (typeof slug !== 'string') throw unreadable('GET /app');
        return `${slug}[bot]`;
      };
      return keptFact(this.#deps, this.#cacheKey(key, 'login'), lookUp, signal);
    }, signal);
  }

  /** Makes a call as the installation on a repository, with a token restricted to the scope's permission. */
  asInstallation(scope: Scope, request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    return this.#withToken((key) => this.#access(key, scope, signal), request, scope.permission, signal);
  }

  /** Makes a call as an installation, for data that belongs to no repository. Uses `metadata`, which every app has. */
  asInstallationId(installationId: number, request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    const access = (key: AppKey) => this.#tokenFor(key, installationId, 'metadata', null, signal);
    return this.#withToken(access, request, 'metadata', signal);
  }

  async #withToken(
    accessBy: (key: AppKey) => Promise<Access>,
    request: ApiRequest,
    permission: Permission,
    signal: AbortSignal,
  ): Promise<ApiAnswer> {
    const access = await this.#withKey(accessBy, signal);
    const kind = kindOf(request);
    if (kind) await this.#deps.gate?.spend(kind);
    const response = await this.#send(request, access.token.token, signal);
    const pause = pauseAfter(response.headers, this.#deps.clock.now());
    if (pause) this.#deps.gate?.hold(pause.ms, pause.kind);
    const other = await this.#otherAccess(response, access, accessBy, signal);
    if (!other) return this.#installationAnswer(request, response, permission, access);
    const second = await this.#send(request, other.token.token, signal);
    return this.#installationAnswer(request, second, permission, other);
  }

  /**
   * A different access after a refusal that an outdated token or installation may have caused; null if there is none.
   */
  async #otherAccess(
    response: EgressResponse,
    { token, tokenKey, installationKey }: Access,
    accessBy: (key: AppKey) => Promise<Access>,
    signal: AbortSignal,
  ): Promise<Access | null> {
    if (response.status === 401 && this.#ageOf(token) >= TOKEN_SETTLES_MS) {
      // The token was revoked early. Retry with one new token, not more.
      this.#deps.tokens.forget(tokenKey);
      return this.#withKey(accessBy, signal);
    }
    if (!installationKey || !isOutOfReach(response, this.#deps.clock.now())) return null;
    // A transferred repository belongs to another installation.
    this.#deps.tokens.forget(installationKey);
    const found = await this.#withKey(accessBy, signal);
    return String(found.tokenKey) === String(tokenKey) ? null : found;
  }

  #installationAnswer(
    request: ApiRequest,
    response: EgressResponse,
    permission: Permission,
    access: Access,
  ): ApiAnswer {
    try {
      return answerOf(response, this.#deps.clock.now(), {
        what: `${request.method} ${request.path}`,
        permission: `${permission}:${levelOf(permission)}`,
        tokenAgeMs: this.#ageOf(access.token),
      });
    } catch (error) {
      // A token's permissions are fixed when it is minted: a new token may hold permissions granted since then.
      // A token that may only be too new is kept; otherwise every token would be too new.
      if (hasCode(error, 'permission_missing') && !error.transient) this.#deps.tokens.forget(access.tokenKey);
      throw error;
    }
  }

  /**
   * Runs `work` with the credential. If GitHub refuses it, reads the secret again and retries once if it has changed.
   */
  #withKey<T>(work: (key: AppKey) => Promise<T>, signal: AbortSignal): Promise<T> {
    return withSecret(this.#deps.credential, (secret) => work(appKey(this.config.appId, secret)), signal);
  }

  async #access(key: AppKey, scope: Scope, signal: AbortSignal): Promise<Access> {
    const { installationId } = this.config;
    if (installationId !== undefined) return this.#tokenFor(key, installationId, scope.permission, null, signal);
    const installationKey = this.#cacheKey(key, 'installation', placeOf(scope).toLowerCase());
    const find = () => this.#installationId(key, scope, installationKey, signal);
    const found = await find();
    try {
      return await this.#tokenFor(key, found, scope.permission, installationKey, signal);
    } catch (error) {
      if (!hasCode(error, 'not_installed')) throw error;
      this.#deps.tokens.forget(installationKey);
      // A reinstalled app has a new installation id.
      const now = await find();
      if (now === found) throw error;
      return this.#tokenFor(key, now, scope.permission, installationKey, signal);
    }
  }

  async #tokenFor(
    key: AppKey,
    installationId: number,
    permission: Permission,
    installationKey: readonly string[] | null,
    signal: AbortSignal,
  ): Promise<Access> {
    const tokenKey = this.#cacheKey(key, 'token', String(installationId), permission);
    const mint = (minting: AbortSignal) => this.#mint(key, installationId, permission, minting);
    return { tokenKey, installationKey, token: await this.#deps.tokens.get(tokenKey, mint, signal) };
  }

  /** Cached, although the app may be uninstalled or lose access: callers then forget the entry and look again. */
  async #installationId(key: AppKey, scope: Scope, cacheKey: readonly string[], signal: AbortSignal): Promise<number> {
    const lookUp = async (lookupSignal: AbortSignal) => {
      const path = `${repositoryPath(scope)}/installation`;
      const { data } = await this.#appCall(key, { method: 'GET', path }, placeOf(scope), lookupSignal);
      const { id } = data as { id?: unknown };
      if (typeof id !== 'number') throw unreadable(`GET ${path}`);
      return String(id);
    };
    return Number(await keptFact(this.#deps, cacheKey, lookUp, signal));
  }

  async #mint(key: AppKey, installationId: number, permission: Permission, signal: AbortSignal): Promise<MintedToken> {
    const path = `/app/installations/${installationId}/access_tokens`;
    const level = levelOf(permission);
    const request = { method: 'POST', path, body: { permissions: permissionsFor(permission) } } as const;
    const place = `installation ${installationId}`;
    const { data, response } = await this.#appCall(key, request, place, signal, `${permission}:${level}`);
    const { token, expires_at } = data as { token?: unknown; expires_at?: unknown };
    const mintedAt = this.#deps.clock.now();
    const lifeMs = Date.parse(String(expires_at)) - clockOf(response, mintedAt);
    if (typeof token !== 'string' || token === '' || Number.isNaN(lifeMs)) {
      throw unreadable(`POST ${path}`);
    }
    return { token, mintedAt, expiresAt: mintedAt + lifeMs };
  }

  /**
   * `installedOn`: a 404 means that the app is not installed there, and `not_installed` is thrown; null if it does not.
   */
  async #appCall(
    key: AppKey,
    request: ApiRequest,
    installedOn: string | null,
    signal: AbortSignal,
    permission: string | null = null,
  ): Promise<ApiAnswer> {
    const response = await this.#sendAsApp(key, request, signal);
    if (response.status === 404 && installedOn !== null && !isUnknownApp(response)) {
      const message = `GitHub: ${installedOn} does not exist, or app ${this.config.appId} is not installed on it`;
      throw new ProviderError('not_installed', message, { httpStatus: 404 });
    }
    return answerOf(response, this.#deps.clock.now(), {
      what: `${request.method} ${request.path}`,
      permission,
      tokenAgeMs: null,
    });
  }

  /** If GitHub rejects the time of the JWT, signs another by GitHub's clock, because ours may be wrong. */
  async #sendAsApp(key: AppKey, request: ApiRequest, signal: AbortSignal): Promise<EgressResponse> {
    const response = await this.#send(request, await key.jwt(), signal);
    if (!blamesClock(response)) return response;
    const offsetMs = clockOf(response, this.#deps.clock.now()) - this.#deps.clock.now();
    return this.#send(request, await key.jwt(offsetMs), signal);
  }

  #send(request: ApiRequest, token: string, signal: AbortSignal): Promise<EgressResponse> {
    return send(this.#deps.egress, this.#integration.endpoint, request, token, signal);
  }

  #cacheKey(key: AppKey, ...parts: string[]): readonly string[] {
    return [this.#integration.endpoint, 'github-app', this.config.appId, key.fingerprint, ...parts];
  }

  #ageOf(token: MintedToken): number {
    return this.#deps.clock.now() - token.mintedAt;
  }
}

/** The permissions of the token. With `contents`, review threads are resolved, which are parts of pull requests too. */
function permissionsFor(permission: Permission): object {
  const level = levelOf(permission);
  return { [permission]: level, ...(permission === 'contents' ? { pull_requests: level } : {}) };
}

/** Annotating needs write access; everything else only reads. */
function levelOf(permission: Permission): 'read' | 'write' {
  return permission === 'metadata' || permission === 'actions' ? 'read' : 'write';
}

/** `/repos/{owner}/{repo}`. */
export function repositoryPath(scope: Pick<Scope, 'owner' | 'repository'>): string {
  return `/repos/${encodeURIComponent(scope.owner)}/${encodeURIComponent(scope.repository)}`;
}

/** GitHub's current time, which its timestamps refer to; our own if the header is missing. */
function clockOf(response: EgressResponse, now: number): number {
  const theirs = Date.parse(response.headers['date'] ?? '');
  return Number.isNaN(theirs) ? now : theirs;
}

function placeOf(scope: Pick<Scope, 'owner' | 'repository'>): string {
  return `${scope.owner}/${scope.repository}`;
}
