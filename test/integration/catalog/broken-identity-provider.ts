import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { exportJWK, type JWTPayload, SignJWT } from 'jose';
import { freePorts } from '../../../scripts/stack/ports.ts';
import { AUDIENCE, type Key, newKey } from '../../support/access-tokens';
import { CLIENT_ID } from '../../support/identity-provider';

/** How it deviates from correct behaviour. */
export interface Behaviour {
  /** The error with which the browser returns, instead of a code. */
  readonly error?: string;
  readonly idToken?: JWTPayload;
  readonly accessToken?: JWTPayload;
  /** The status of every answer of the token endpoint, with an unreadable body. */
  readonly tokenStatus?: number;
}

/** An OpenID Connect provider with answers that no real one gives. It shows no login page and checks nothing. */
export class BrokenIdentityProvider {
  behaviour: Behaviour = {};
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  private constructor(
    readonly url: string,
    private readonly key: Key,
  ) {}

  static async start(): Promise<BrokenIdentityProvider> {
    const port = await freePorts(1);
    const provider = new BrokenIdentityProvider(`http://127.0.0.1:${port}`, await newKey('RS256', 'k'));
    await new Promise<void>((resolve) => provider.#server.listen(port, '127.0.0.1', resolve));
    return provider;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    switch (pathname) {
      case '/.well-known/openid-configuration':
        return json(response, 200, this.#metadata());
      case '/jwks':
        return json(response, 200, {
          keys: [{ ...(await exportJWK(this.key.publicKey)), kid: this.key.kid, alg: this.key.alg }],
        });
      case '/authorize':
        return this.#authorize(searchParams, response);
      case '/token':
        return this.#token(new URLSearchParams(await text(request)), response);
      default:
        return json(response, 404, {});
    }
  }

  #metadata(): object {
    return {
      issuer: this.url,
      jwks_uri: `${this.url}/jwks`,
      authorization_endpoint: `${this.url}/authorize`,
      token_endpoint: `${this.url}/token`,
      id_token_signing_alg_values_supported: ['RS256'],
    };
  }

  /** The nonce is the code. */
  #authorize(asked: URLSearchParams, response: ServerResponse): void {
    const { error } = this.behaviour;
    const outcome: Record<string, string> = error ? { error } : { code: asked.get('nonce') ?? '' };
    const parameters = new URLSearchParams({ ...outcome, state: asked.get('state') ?? '' });
    response.writeHead(302, { location: `${asked.get('redirect_uri')}?${parameters}` }).end();
  }

  async #token(form: URLSearchParams, response: ServerResponse): Promise<void> {
    const { tokenStatus, idToken, accessToken } = this.behaviour;
    if (tokenStatus !== undefined) return void response.writeHead(tokenStatus).end('<h1>Bad gateway</h1>');
    return json(response, 200, {
      token_type: 'Bearer',
      id_token: await this.#sign({ aud: CLIENT_ID, nonce: form.get('code'), ...idToken }),
      access_token: await this.#sign({ aud: AUDIENCE, tenant: 'acme', ...accessToken }),
    });
  }

  #sign(claims: JWTPayload): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({ iss: this.url, sub: 'grace', iat: now, exp: now + 300, ...claims })
      .setProtectedHeader({ alg: this.key.alg, kid: this.key.kid })
      .sign(this.key.privateKey);
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
