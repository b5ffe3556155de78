import type { FastifyRequest } from 'fastify';

// Not `trim`, which takes a no-break space off as well: browsers hold a name that begins with one to no rules of the prefix.
const SEPARATOR = /;[ \t]*/;

/**
 * A cookie of this host that no script reads. Over TLS its name has a prefix with which browsers take it over TLS only and
 * from this host alone, so that no neighbouring host can plant one.
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

  /** The `Set-Cookie` that begins it; without `maxAgeS` it ends with the browser. */
  begun(request: FastifyRequest, value: string, maxAgeS?: number): string {
    const cookie = isSecure(request) ? this.#secure(value) : this.#plain(value);
    return maxAgeS === undefined ? cookie : `${cookie}; Max-Age=${maxAgeS}`;
  }

  /** Each `Set-Cookie` that ends it, however it was begun. */
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

/** As the browser sees it: a trusted proxy says so for what arrives here without TLS. */
function isSecure({ protocol }: FastifyRequest): boolean {
  return protocol === 'https';
}
