import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, type GenerateKeyPairResult, type JWTPayload, SignJWT } from 'jose';
import { freePorts } from '../../scripts/stack/ports.ts';

export const CLIENT_ID = 'integrations-console';
export const CLIENT_SECRET = 'console-secret-4711';
export const API_AUDIENCE = 'https://integrations.example';

/** What it does otherwise than it should, or than it does by default. */
export interface Behaviour {
  /** The error that the browser comes back with, instead of a code. */
  readonly error?: string;
  /** Over what the browser comes back with. */
  readonly callback?: Readonly<Record<string, string>>;
  readonly idToken?: JWTPayload;
  readonly accessToken?: JWTPayload;
  /** The status of every answer of the token endpoint, without a body that one could read. */
  readonly tokenStatus?: number;
}

interface Grant {
  readonly redirectUri: string;
  readonly challenge: string;
  readonly nonce: string;
  readonly scope: string;
}

/**
 * An OpenID Connect provider over HTTP where somebody is signed in already: it sends the browser back at once. Strict about
 * what it is asked: the redirect URI, PKCE by S256, the secret of the client, and that no code is used twice.
 */
export class FakeIdentityProvider {
  behaviour: Behaviour = {};
  /** The scopes of each authorization request. */
  readonly asked: string[] = [];
  readonly #grants = new Map<string, Grant>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  private constructor(
    readonly url: string,
    private readonly redirectUri: string,
    private readonly keys: GenerateKeyPairResult,
    private readonly authMethod: 'client_secret_basic' | 'client_secret_post',
  ) {}

  /** `authMethod`: how the client is to prove its secret. */
  static async start(
    redirectUri: string,
    authMethod: 'client_secret_basic' | 'client_secret_post' = 'client_secret_basic',
  ): Promise<FakeIdentityProvider> {
    const port = await freePorts(1);
    const keys = await generateKeyPair('RS256');
    const provider = new FakeIdentityProvider(`http://127.0.0.1:${port}`, redirectUri, keys, authMethod);
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
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    switch (pathname) {
      case '/.well-known/openid-configuration':
        return json(response, 200, this.#metadata());
      case '/jwks':
        return json(response, 200, { keys: [{ ...(await exportJWK(this.keys.publicKey)), kid: 'k', alg: 'RS256' }] });
      case '/authorize':
        return this.#authorize(searchParams, response);
      case '/token':
        return this.#token(request, response);
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
      authorization_response_iss_parameter_supported: true,
      token_endpoint_auth_methods_supported: [this.authMethod],
      id_token_signing_alg_values_supported: ['RS256'],
    };
  }

  #authorize(query: URLSearchParams, response: ServerResponse): void {
    const { redirectUri } = this;
    const asked = Object.fromEntries(query);
    const isRight =
      asked['redirect_uri'] === redirectUri &&
      asked['client_id'] === CLIENT_ID &&
      asked['response_type'] === 'code' &&
      asked['code_challenge_method'] === 'S256';
    if (!isRight) return json(response, 400, { error: 'invalid_request' });
    this.asked.push(asked['scope'] ?? '');
    const { code_challenge: challenge = '', nonce = '', scope = '', state = '' } = asked;
    const code = randomUUID();
    this.#grants.set(code, { redirectUri, challenge, nonce, scope });
    const { error, callback } = this.behaviour;
    const outcome: Record<string, string> = error ? { error } : { code };
    const parameters = new URLSearchParams({ ...outcome, state, iss: this.url, ...callback });
    response.writeHead(302, { location: `${redirectUri}?${parameters}` }).end();
  }

  async #token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { tokenStatus } = this.behaviour;
    if (tokenStatus !== undefined) return void response.writeHead(tokenStatus).end('<h1>Bad gateway</h1>');
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    if (!this.#isClient(request, form)) return json(response, 401, { error: 'invalid_client' });
    const grant = this.#grants.get(form['code'] ?? '');
    this.#grants.delete(form['code'] ?? '');
    const challenge = createHash('sha256')
      .update(form['code_verifier'] ?? '')
      .digest('base64url');
    if (!grant || grant.redirectUri !== form['redirect_uri'] || grant.challenge !== challenge) {
      return json(response, 400, { error: 'invalid_grant', error_description: 'the code is not good' });
    }
    const { idToken, accessToken } = this.behaviour;
    return json(response, 200, {
      token_type: 'Bearer',
      expires_in: 300,
      id_token: await this.#sign({ aud: CLIENT_ID, nonce: grant.nonce, ...idToken }),
      access_token: await this.#sign({ aud: API_AUDIENCE, tenant: 'acme', scope: grant.scope, ...accessToken }),
    });
  }

  #isClient(request: IncomingMessage, form: Record<string, string>): boolean {
    if (this.authMethod === 'client_secret_post') {
      return form['client_id'] === CLIENT_ID && form['client_secret'] === CLIENT_SECRET;
    }
    const [, basic = ''] = /^Basic (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
    const [id, secret] = Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent);
    return id === CLIENT_ID && secret === CLIENT_SECRET;
  }

  #sign(claims: JWTPayload): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({ iss: this.url, sub: 'grace', iat: now, exp: now + 300, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .sign(this.keys.privateKey);
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
