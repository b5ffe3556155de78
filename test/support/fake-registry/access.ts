import { randomBytes } from 'node:crypto';
import { HttpAnswer } from '../fake-vendor/answer.ts';
import type { LoggedRequest } from '../fake-vendor/faults.ts';

/** The allowed actions, such as `pull`, of a user or an anonymous client (null), by type and name of a resource. */
export type Grants = (user: string | null, type: string, name: string) => readonly string[];

export interface AccessOptions {
  /** How the registry authenticates clients; `none` is open to all. */
  readonly auth: 'none' | 'basic' | 'token';
  /** Passwords by user name. An identity token counts as a user's password as well. */
  readonly users: Readonly<Record<string, string>>;
  readonly grants: Grants;
  /** `jwt` tokens show what they allow; `opaque` tokens, such as GHCR's, do not. */
  readonly tokens: 'jwt' | 'opaque';
}

interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

const SERVICE = 'fake-registry';

/** Access control by basic authentication, or by tokens that it issues itself. */
export class FakeAccess {
  /** All tokens issued since the start. */
  readonly issued: string[] = [];
  readonly #valid = new Map<string, readonly Access[]>();
  readonly #options: AccessOptions;

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  /** Throws a registry's 401 if the request lacks the scope; `scope` is empty for `/v2/` itself. */
  check(request: LoggedRequest, realm: string, scope: string): void {
    const { auth, grants } = this.#options;
    if (auth === 'none') return;
    const [type = '', name = '', action = ''] = scope.split(':');
    if (auth === 'basic') {
      const user = this.#basicUser(request);
      if (!user) throw unauthorized(`Basic realm="fake"`);
      if (scope !== '' && !grants(user, type, name).includes(action)) throw new HttpAnswer(403, denied('DENIED'));
      return;
    }
    const challenge = `Bearer realm="${realm}",service="${SERVICE}"${scope && `,scope="${scope}"`}`;
    const token = /^Bearer (.+)$/.exec(String(request.headers['authorization'] ?? ''))?.[1];
    const granted = token === undefined ? undefined : this.#valid.get(token);
    if (!granted) throw unauthorized(token === undefined ? challenge : `${challenge},error="invalid_token"`);
    const access = granted.find((one) => one.type === type && one.name === name);
    if (scope !== '' && !access?.actions.includes(action))
      throw unauthorized(`${challenge},error="insufficient_scope"`);
  }

  /** The token server: grants the allowed part of the requested scopes, also to anonymous clients. */
  exchange(request: LoggedRequest, url: URL, raw: string): { token: string; expires_in: number; issued_at: string } {
    const form = request.method === 'POST' ? new URLSearchParams(raw) : null;
    const user = form ? this.#identityUser(form) : this.#basicUser(request);
    if (user === undefined) throw unauthorized('Basic realm="tokens"');
    const scopes = form ? (form.get('scope') ?? '').split(' ') : url.searchParams.getAll('scope');
    const access = scopes.filter((scope) => scope !== '').map((scope) => this.#grant(user, scope));
    const token = this.#options.tokens === 'jwt' ? jwt(user, access) : randomBytes(24).toString('base64url');
    this.issued.push(token);
    this.#valid.set(token, access);
    return { token, expires_in: 300, issued_at: new Date().toISOString() };
  }

  /** Invalidates every token issued so far, as a change of the registry's keys does. */
  revokeAll(): void {
    this.#valid.clear();
  }

  #grant(user: string | null, scope: string): Access {
    const [type = '', name = '', actions = ''] = scope.split(':');
    const allowed = this.#options.grants(user, type, name);
    return { type, name, actions: actions.split(',').filter((action) => allowed.includes(action)) };
  }

  /** Null for an anonymous client, undefined for a wrong password. */
  #basicUser(request: LoggedRequest): string | null | undefined {
    const header = String(request.headers['authorization'] ?? '');
    if (header === '') return null;
    const [user = '', password = ''] = Buffer.from(header.replace(/^Basic /, ''), 'base64')
      .toString()
      .split(':');
    return this.#options.users[user] === password ? user : undefined;
  }

  #identityUser(form: URLSearchParams): string | undefined {
    const token = form.get('refresh_token');
    return Object.keys(this.#options.users).find((user) => this.#options.users[user] === token);
  }
}

function jwt(user: string | null, access: readonly Access[]): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1_000);
  const claims = { ...(user === null ? {} : { sub: user }), access, iat: now, exp: now + 300 };
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${randomBytes(32).toString('base64url')}`;
}

function unauthorized(challenge: string): HttpAnswer {
  return new HttpAnswer(401, denied('UNAUTHORIZED'), { 'www-authenticate': challenge });
}

export function denied(code: string): object {
  return { errors: [{ code, message: code.toLowerCase(), detail: null }] };
}
