import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import Provider, { type ClientAuthMethod, type Configuration } from 'oidc-provider';
import { freePorts } from '../../scripts/stack/ports.ts';
import { AUDIENCE, newKey } from './access-tokens';

export const CLIENT_ID = 'integrations-console';
/** Contains every character that a header may encode in two ways. */
export const CLIENT_SECRET = 'console-_.~+/%:4711';
/** The supported scopes of those that are requested. */
export const API_SCOPES = 'integrations:read annotations:read audit:read';

export interface IdentityProviderOptions {
  readonly redirectUri: string;
  /** The only method by which its client may authenticate. */
  readonly clientAuth?: ClientAuthMethod;
  /** Whether tokens for the API have to be requested with `resource` (RFC 8707). */
  readonly wantsResource?: boolean;
}

const PAGE = `<!doctype html><title>Log in</title><form method="post">
<label>Name <input name="name"></label> <button>Log in</button> <button name="cancel" value="yes">Cancel</button></form>`;

/**
 * A real OpenID Connect provider (the npm package oidc-provider), at which people of the tenant acme sign in by name. It is
 * at localhost, which to a browser is another site than 127.0.0.1.
 */
export class IdentityProvider {
  /** Lifetime in seconds of access tokens issued from now on. */
  readonly tokenTtlS = 300;
  readonly #provider: Provider;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  private constructor(
    readonly url: string,
    configuration: Configuration,
    options: IdentityProviderOptions,
  ) {
    this.#provider = new Provider(url, { ...configuration, ...this.#configuration(options) });
  }

  static async start(options: IdentityProviderOptions): Promise<IdentityProvider> {
    const url = `http://localhost:${await freePorts(1)}`;
    const { jwk } = await newKey('RS256', 'k');
    const jwks = { keys: [jwk] } as NonNullable<Configuration['jwks']>;
    const provider = new IdentityProvider(url, { jwks, cookies: { keys: [CLIENT_SECRET] } }, options);
    await provider.up();
    return provider;
  }

  up(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(Number(new URL(this.url).port), '127.0.0.1', resolve));
  }

  async down(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!request.url?.startsWith('/interaction/')) return this.#provider.callback()(request, response);
    if (request.method === 'GET') return void response.setHeader('content-type', 'text/html').end(PAGE);
    const form = new URLSearchParams(await text(request));
    const result = form.has('cancel')
      ? { error: 'access_denied', error_description: 'somebody went away' }
      : { login: { accountId: form.get('name')! } };
    await this.#provider.interactionFinished(request, response, result);
  }

  #configuration({ redirectUri, clientAuth = 'client_secret_basic', wantsResource }: IdentityProviderOptions) {
    return {
      clients: [
        {
          client_id: CLIENT_ID,
          ...(clientAuth !== 'none' && { client_secret: CLIENT_SECRET }),
          token_endpoint_auth_method: clientAuth,
          redirect_uris: [redirectUri],
        },
      ],
      clientAuthMethods: [clientAuth],
      pkce: { required: () => true },
      scopes: ['openid'],
      findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
      // Skips the consent page.
      loadExistingGrant: async ({ oidc }) => {
        const { accountId } = oidc.session!;
        const grant = new this.#provider.Grant({ accountId: accountId!, clientId: CLIENT_ID });
        grant.addOIDCScope('openid');
        grant.addResourceScope(AUDIENCE, API_SCOPES);
        await grant.save();
        return grant;
      },
      extraTokenClaims: () => ({ tenant: 'acme' }),
      interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
      features: {
        devInteractions: { enabled: false },
        resourceIndicators: {
          enabled: true,
          ...(!wantsResource && { defaultResource: () => AUDIENCE, useGrantedResource: () => true }),
          getResourceServerInfo: () => ({
            scope: API_SCOPES,
            audience: AUDIENCE,
            accessTokenFormat: 'jwt',
            accessTokenTTL: this.tokenTtlS,
            jwt: { sign: { alg: 'RS256' } },
          }),
        },
      },
    } satisfies Configuration;
  }
}
