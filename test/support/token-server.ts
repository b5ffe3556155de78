import { randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type KeyPair, selfSignedRsa } from './certificates';

export interface TokenAccess {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

export interface TokenServerOptions {
  readonly users: Readonly<Record<string, string>>;
  /** The allowed actions of a user, or of an anonymous client (null). */
  readonly grants: (user: string | null, type: string, name: string) => readonly string[];
}

/**
 * A token server for registries. Issues RS256 JWTs for the allowed part of the requested scopes.
 * https://distribution.github.io/distribution/spec/auth/jwt/
 */
export class TokenServer {
  readonly issuer = 'test-token-server';
  readonly service = 'test-registry';
  /** All requests, newest last. */
  readonly requests: URLSearchParams[] = [];
  /** Seconds added to the times in tokens. */
  skew = 0;
  readonly #pair: KeyPair = selfSignedRsa();
  readonly #options: TokenServerOptions;
  readonly #server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    this.requests.push(searchParams);
    const user = this.#userOf(request.headers.authorization);
    if (user === undefined) return void response.writeHead(401).end();
    const access = searchParams.getAll('scope').map((scope) => this.#grant(user, scope));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ token: this.mint(user, access), expires_in: 300 }));
  });

  private constructor(options: TokenServerOptions) {
    this.#options = options;
  }

  static async start(options: TokenServerOptions): Promise<TokenServer> {
    const server = new TokenServer(options);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get realm(): string {
    return `${this.origin}/auth/token`;
  }

  /** The certificate for the registry, in PEM form. */
  get certificate(): string {
    return this.#pair.cert;
  }

  mint(user: string | null, access: readonly TokenAccess[]): string {
    const now = Math.floor(Date.now() / 1_000) + this.skew;
    const claims = {
      ...{ iss: this.issuer, sub: user ?? '', aud: this.service, jti: randomUUID() },
      ...{ iat: now, nbf: now - 5, exp: now + 300, access },
    };
    const der = this.#pair.cert.replace(/-----[^-]+-----|\s/g, '');
    const signed = [{ typ: 'JWT', alg: 'RS256', x5c: [der] }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${signed}.${sign('sha256', Buffer.from(signed), this.#pair.key).toString('base64url')}`;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  #grant(user: string | null, scope: string): TokenAccess {
    const [type = '', name = '', actions = ''] = scope.split(':');
    const allowed = this.#options.grants(user, type, name);
    return { type, name, actions: actions.split(',').filter((action) => allowed.includes(action)) };
  }

  /** Null for an anonymous client, undefined for a wrong password. */
  #userOf(header: string | undefined): string | null | undefined {
    if (header === undefined) return null;
    const [user = '', password = ''] = Buffer.from(header.replace(/^Basic /, ''), 'base64')
      .toString()
      .split(':');
    return this.#options.users[user] === password ? user : undefined;
  }
}
