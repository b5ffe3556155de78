import type { FastifyRequest } from 'fastify';

// `trim` would also strip a no-break space. Browsers do not apply the prefix rules to a name that begins with one, so a
// neighbouring host could plant such a cookie.
const SEPARATOR = /;[ \t]*/;

/**
 * A cookie of this host that scripts cannot read. Over TLS, its name has a prefix that makes browsers accept it only
 * over TLS and only from this host, so that no neighbouring host can plant one.
 */
export class HostCookie {
  readonly #attributes: string;

  constructor(
    private readonly name: string,
    sameSite: 'Strict' | 'Lax',
  ) {
    this.#attributes = `Path=/; HttpOnly; SameSite=${sameSite}`;
  }

  read(request: FastifyRequest): string | null {
    const start = `${isSecure(request) ? this.#secureName : this.name}=`;
    const pairs = (request.headers.cookie ?? '').split(SEPARATOR);
    return pairs.find((pair) => pair.startsWith(start))?.slice(start.length) || null;
  }

  /** The `Set-Cookie` that sets the cookie. Without `maxAgeS`, it lasts until the browser closes. */
  begun(request: FastifyRequest, value: string, maxAgeS?: number): string {
    const cookie = isSecure(request) ? this.#secure(value) : this.#plain(value);
    return maxAgeS === undefined ? cookie : `${cookie}; Max-Age=${maxAgeS}`;
  }

  /** The `Set-Cookie` headers that delete the cookie, whichever way it was set. */
  ended(): string[] {
    return [this.#secure(''), this.#plain('')].map((cookie) => `${cookie}; Max-Age=0`);
  }

  get #secureName(): string {
    return `__Host-${this.name}`;
  }

  #secure(value: string): string {
    return `${this.#secureName}=${value}; ${this.#attributes}; Secure`;
  }

  #plain(value: string): string {
    return `${this.name}=${value}; ${this.#attributes}`;
  }
}

/** True if the browser uses TLS. Behind a proxy that terminates TLS, a trusted proxy's header says so. */
function isSecure({ protocol }: FastifyRequest): boolean {
  return protocol === 'https';
}
