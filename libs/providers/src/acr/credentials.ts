import {
  claimsOf,
  type Credential,
  type Credentials,
  jsonObject,
  jwtPayload,
  type MintedToken,
  type ProviderDeps,
  ProviderError,
  registryError,
  type Secret,
  secretCredentials,
  unreadable,
  withSecret,
} from '@integrations/provider-kit';
import { type AcrIntegration, asksEntra } from './config';
import { entraToken } from './entra';
import { authorityOf, loginServerOf } from './places';

/** Assumed lifetime of a refresh token that does not state its own; they usually live for three hours. */
const LIFETIME_MS = 3_600_000;

export function acrCredentials(integration: AcrIntegration, deps: ProviderDeps): Credentials {
  const { secretKind, username = '' } = integration.config;
  if (secretKind !== 'password') return new EntraCredentials(integration, deps);
  return secretCredentials(deps.credential, (password) => ({ kind: 'basic', username, password }));
}

/** Exchanges a token of Entra ID for a refresh token of the registry, and caches that in `deps.tokens`. */
class EntraCredentials implements Credentials {
  readonly #integration: AcrIntegration;
  readonly #deps: ProviderDeps;
  #key: readonly string[] | undefined;

  constructor(integration: AcrIntegration, deps: ProviderDeps) {
    this.#integration = integration;
    this.#deps = deps;
  }

  get(signal: AbortSignal): Promise<Credential> {
    return withSecret(this.#deps.credential, (secret) => this.#exchanged(secret, signal), signal);
  }

  forget(): void {
    if (this.#key) this.#deps.tokens.forget(this.#key);
    this.#deps.credential.forget();
  }

  async #exchanged(secret: Secret, signal: AbortSignal): Promise<Credential> {
    const { secretKind, entraTenantId = '', clientId = '' } = this.#integration.config;
    const who = [authorityOf(this.#integration), entraTenantId, clientId, secretKind, secret.fingerprint];
    this.#key = ['acr-refresh-token', loginServerOf(this.#integration), ...who];
    const { token } = await this.#deps.tokens.get(this.#key, (minting) => this.#mint(secret, minting), signal);
    return { kind: 'refresh_token', token };
  }

  // https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md#calling-post-oauth2exchange-to-get-an-acr-refresh-token
  async #mint(secret: Secret, signal: AbortSignal): Promise<MintedToken> {
    const { egress, clock } = this.#deps;
    const { config } = this.#integration;
    const access_token = asksEntra(config)
      ? await entraToken(this.#integration, this.#deps, secret.reveal(), signal)
      : secret.reveal();
    const loginServer = loginServerOf(this.#integration);
    const service = new URL(loginServer).host;
    const tenant = config.entraTenantId ?? String(jwtPayload(access_token)?.['tid'] ?? '');
    const form = { grant_type: 'access_token', service, tenant, access_token };
    const mintedAt = clock.now();
    const response = await egress.request({
      ...{ method: 'POST', url: `${loginServer}/oauth2/exchange`, body: new URLSearchParams(form).toString(), signal },
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    });
    const what = 'POST /oauth2/exchange';
    if (response.status === 401) {
      const message = `ACR answered 401 to ${what}: the application or identity has no role at the registry, or the registry is another tenant's`;
      throw new ProviderError('unauthenticated', message, { httpStatus: 401 });
    }
    if (response.status !== 200) throw registryError(response, 'ACR', what, mintedAt);
    const token = jsonObject(response.text())?.['refresh_token'];
    if (typeof token !== 'string' || token === '') throw unreadable('ACR', what);
    return { token, mintedAt, expiresAt: claimsOf(token)?.expiresAt ?? mintedAt + LIFETIME_MS };
  }
}
