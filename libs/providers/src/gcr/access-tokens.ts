import {
  type MintedToken,
  type ProviderDeps,
  ProviderError,
  type Secret,
  withSecret,
} from '@integrations/provider-kit';
import type { GcrIntegration } from './config';
import { callGoogle } from './google-call';
import { googleApis } from './places';
import { assertionOf, readKey } from './service-account-key';

/** IAM decides what the token may do. Artifact Registry's API accepts no narrower scope. */
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const GRANT = 'urn:ietf:params:oauth:grant-type:';
const TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:';

/** Gets Google access tokens for the secret and caches them in `deps.tokens`. */
export class AccessTokens {
  readonly #integration: GcrIntegration;
  readonly #deps: ProviderDeps;
  #key: readonly string[] | undefined;

  constructor(integration: GcrIntegration, deps: ProviderDeps) {
    this.#integration = integration;
    this.#deps = deps;
  }

  get(signal: AbortSignal): Promise<string> {
    return withSecret(this.#deps.credential, (secret) => this.#kept(secret, signal), signal);
  }

  forget(): void {
    if (this.#key) this.#deps.tokens.forget(this.#key);
    this.#deps.credential.forget();
  }

  async #kept(secret: Secret, signal: AbortSignal): Promise<string> {
    const { secretKind, audience = '', serviceAccount = '' } = this.#integration.config;
    if (secretKind === 'access_token' && serviceAccount === '') return secret.reveal();
    const { oauth, sts, iam } = googleApis(this.#integration);
    this.#key = ['gcr-access-token', oauth, sts, iam, secretKind, audience, serviceAccount, secret.fingerprint];
    return (await this.#deps.tokens.get(this.#key, (minting) => this.#mint(secret.reveal(), minting), signal)).token;
  }

  async #mint(secret: string, signal: AbortSignal): Promise<MintedToken> {
    const { secretKind, serviceAccount } = this.#integration.config;
    if (secretKind === 'service_account_key') return this.#byKey(secret, signal);
    if (secretKind === 'access_token') return this.#actingAs(serviceAccount ?? '', secret, signal);
    const federated = await this.#byWorkload(secret, signal);
    return serviceAccount === undefined ? federated : this.#actingAs(serviceAccount, federated.token, signal);
  }

  #byKey(secret: string, signal: AbortSignal): Promise<MintedToken> {
    const assertion = assertionOf(readKey(secret), SCOPE, this.#deps.clock.now());
    const form = { grant_type: `${GRANT}jwt-bearer`, assertion };
    return this.#exchange(`${googleApis(this.#integration).oauth}/token`, form, signal);
  }

  // https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token
  #byWorkload(subject_token: string, signal: AbortSignal): Promise<MintedToken> {
    const { audience = '' } = this.#integration.config;
    const form = {
      ...{ grant_type: `${GRANT}token-exchange`, audience, scope: SCOPE, subject_token },
      ...{ requested_token_type: `${TOKEN_TYPE}access_token`, subject_token_type: `${TOKEN_TYPE}jwt` },
    };
    return this.#exchange(`${googleApis(this.#integration).sts}/v1/token`, form, signal);
  }

  async #exchange(url: string, form: Record<string, string>, signal: AbortSignal): Promise<MintedToken> {
    const mintedAt = this.#deps.clock.now();
    const answer = await callGoogle(this.#deps, { method: 'POST', url, body: new URLSearchParams(form) }, signal);
    const { access_token: token, expires_in: seconds } = answer;
    if (typeof token !== 'string' || token === '' || typeof seconds !== 'number') throw noToken(url);
    return { token, mintedAt, expiresAt: mintedAt + seconds * 1_000 };
  }

  // https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken
  async #actingAs(email: string, bearer: string, signal: AbortSignal): Promise<MintedToken> {
    const url = `${googleApis(this.#integration).iam}/v1/projects/-/serviceAccounts/${email}:generateAccessToken`;
    const mintedAt = this.#deps.clock.now();
    const answer = await callGoogle(this.#deps, { method: 'POST', url, bearer, body: { scope: [SCOPE] } }, signal);
    const { accessToken: token, expireTime } = answer;
    const expiresAt = Date.parse(String(expireTime));
    if (typeof token !== 'string' || token === '' || Number.isNaN(expiresAt)) throw noToken(url);
    return { token, mintedAt, expiresAt };
  }
}

function noToken(url: string): ProviderError {
  return new ProviderError('provider_unavailable', `Google's answer from ${new URL(url).host} contains no token`);
}
