import type { Secret } from '@integrations/provider-kit';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  type CustomFetch,
  customFetch,
  None,
  type ServerMetadata,
} from 'openid-client';
import { discover, endpointIn, type IssuerMetadata } from '../../access/oidc/issuer-metadata';
import { IssuerUnavailable } from '../../access/oidc/issuer-unavailable';
import type { Transaction } from './transaction';

export interface IdentityProviderOptions {
  /** The issuer whose access tokens the API accepts. */
  readonly issuer: string;
  readonly clientId: string;
  /** Null for a public client. */
  readonly clientSecret: Secret | null;
  readonly scopes: string;
  /** Additional parameters of both requests, which some issuers need in order to issue tokens for the API. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The URL that the issuer redirects the browser to. */
  readonly redirectUri: string;
  readonly fetch: typeof fetch;
}

const TIMEOUT_S = 5;
/** How long discovery is cached, and therefore how soon moved endpoints are noticed. */
const MAX_AGE_MS = 600_000;

/** Signs users in at the issuer, by the authorization code flow of OpenID Connect with PKCE. */
export class IdentityProvider {
  #client: { readonly made: Promise<Configuration>; readonly until: number } | null = null;

  constructor(private readonly options: IdentityProviderOptions) {}

  /** Display name: the issuer's host. */
  get name(): string {
    return new URL(this.options.issuer).host;
  }

  /** The URL to send a browser to for signing in. Throws IssuerUnavailable. */
  async authorizationUrl({ state, nonce, verifier }: Transaction): Promise<string> {
    const { redirectUri, scopes, parameters } = this.options;
    const url = buildAuthorizationUrl(await this.#discovered(), {
      ...parameters,
      redirect_uri: redirectUri,
      scope: scopes,
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return url.href;
  }

  /** The access token for `query`, with which the browser came back. Throws errors that `signInFailed` can read. */
  async accessToken(query: string, { state, nonce, verifier }: Transaction): Promise<string> {
    const callbackUrl = new URL(this.options.redirectUri);
    callbackUrl.search = query;
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier };
    const { parameters } = this.options;
    const tokens = await authorizationCodeGrant(await this.#discovered(), callbackUrl, checks, parameters);
    return tokens.access_token;
  }

  #discovered(): Promise<Configuration> {
    if (this.#client && Date.now() < this.#client.until) return this.#client.made;
    const made = this.#discover();
    this.#client = { made, until: Date.now() + MAX_AGE_MS };
    made.catch(() => (this.#client = null));
    return made;
  }

  async #discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.options;
    const signal = AbortSignal.timeout(TIMEOUT_S * 1_000);
    const metadata = await discover(issuer, this.options.fetch, signal).catch((error: unknown) => {
      if (error instanceof IssuerUnavailable) throw error;
      throw new IssuerUnavailable('discovery got no answer', { cause: error });
    });
    for (const field of ['authorization_endpoint', 'token_endpoint']) endpointIn(metadata, field);
    const client = new Configuration(
      metadata as ServerMetadata,
      clientId,
      {},
      authenticationAt(metadata, clientSecret),
    );
    client[customFetch] = this.options.fetch as CustomFetch;
    client.timeout = TIMEOUT_S;
    // Endpoints were checked above to use TLS or loopback. The library itself would refuse http on loopback.
    allowInsecureRequests(client);
    return client;
  }
}

// Prefer the form: issuers disagree on whether - . _ ~ of a secret are escaped in a header. Without a list of methods,
// the header is the default: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
function authenticationAt(metadata: IssuerMetadata, clientSecret: Secret | null): ClientAuth {
  if (!clientSecret) return None();
  const methods = metadata['token_endpoint_auth_methods_supported'];
  const takesForms = Array.isArray(methods) && methods.includes('client_secret_post');
  return takesForms ? ClientSecretPost(clientSecret.reveal()) : ClientSecretBasic(clientSecret.reveal());
}
