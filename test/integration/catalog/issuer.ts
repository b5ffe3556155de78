import { createServer, type Server } from 'node:http';
import { type JWTPayload, SignJWT } from 'jose';
import Provider, { type Configuration } from 'oidc-provider';
import { freePorts } from '../../../scripts/stack/ports.ts';
import { AUDIENCE, type Key } from '../../support/access-tokens';

export const OTHER_AUDIENCE = 'https://payroll.example';
const SCOPES = 'integrations:read integrations:write payroll:read';

/** A real OpenID Connect provider (the npm package oidc-provider) on loopback, whose clients are machines. */
export class TestIssuer {
  #server: Server | null = null;
  /** How often the keys were requested. */
  keyRequests = 0;

  private constructor(
    readonly url: string,
    readonly port: number,
  ) {}

  static async start(key: Key): Promise<TestIssuer> {
    const port = await freePorts(1);
    const issuer = new TestIssuer(`http://127.0.0.1:${port}`, port);
    await issuer.up(key);
    return issuer;
  }

  /** Restarts with only this key, and signs with it. */
  async rotateTo(key: Key): Promise<void> {
    await this.down();
    await this.up(key);
  }

  async up(key: Key): Promise<void> {
    const answer = new Provider(this.url, configuration(key)).callback();
    this.#server = createServer((request, response) => {
      if (request.url === '/jwks') this.keyRequests += 1;
      void answer(request, response);
    });
    await new Promise<void>((resolve) => this.#server?.listen(this.port, '127.0.0.1', resolve));
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    server?.closeAllConnections();
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  /** An access token by the client credentials grant for a resource (RFC 8707). */
  async token(clientId: string, { scope = SCOPES, resource = AUDIENCE } = {}): Promise<string> {
    const response = await fetch(`${this.url}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:secret`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource }),
    });
    const body = (await response.json()) as { access_token?: string };
    if (!body.access_token) throw new Error(`no token: ${JSON.stringify(body)}`);
    return body.access_token;
  }

  /** A token like the provider's, with the test's own claims and header. */
  forge(key: Key, claims: JWTPayload = {}, header: Record<string, unknown> = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    const own = { iss: this.url, aud: AUDIENCE, sub: 'scanner', iat: now, exp: now + 300 };
    return new SignJWT({ ...own, tenant: 'acme', scope: SCOPES, ...claims })
      .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'at+jwt', ...header })
      .sign(key.privateKey);
  }
}

function configuration(key: Key): Configuration {
  return {
    jwks: { keys: [key.jwk] } as NonNullable<Configuration['jwks']>,
    scopes: SCOPES.split(' '),
    clients: ['acme-scanner', 'rival-scanner', 'homeless'].map((client_id) => ({
      client_id,
      client_secret: 'secret',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      id_token_signed_response_alg: key.alg as 'RS256',
    })),
    // The part before the hyphen is the tenant.
    extraTokenClaims: (_context, token) => {
      const [tenant, hasMore] = String('clientId' in token ? token.clientId : '').split('-');
      return hasMore === undefined ? undefined : { tenant };
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          scope: SCOPES,
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 300,
          jwt: { sign: { alg: key.alg as 'RS256' } },
        }),
      },
    },
  };
}
