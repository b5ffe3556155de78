import { hasStatus, ProviderError } from '@integrations/provider-kit';
import { pathOf, type RepositoryName } from './addresses';
import type { GiteaClient } from './client';
import { unreadable } from './errors';
import { MAX_PAGES } from './limits';

/** The most that an instance gives unless its administrator says otherwise. */
const PER_PAGE = '50';

/** One call that writes, from the repository on. */
export interface Write {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: object;
}

/** What Gitea has under a number. */
interface Stored {
  readonly id: number;
}

/** One repository, for the time of one operation. */
export class RepositoryClient {
  readonly client: GiteaClient;
  readonly signal: AbortSignal;
  readonly #path: string;

  constructor(client: GiteaClient, name: RepositoryName, signal: AbortSignal) {
    this.client = client;
    this.signal = signal;
    this.#path = pathOf(name);
  }

  /** `T`: the fields that we use. */
  async get<T extends Stored>(path: string): Promise<T> {
    const { data } = await this.client.call({ method: 'GET', path: `${this.#path}${path}` }, this.signal);
    return stored<T>(data, `GET ${path}`);
  }

  /** The same, but null of what Gitea answers with nothing: it has that, but as something else than was asked for. */
  async find<T extends Stored>(path: string): Promise<T | null> {
    const { data } = await this.client.call({ method: 'GET', path: `${this.#path}${path}` }, this.signal);
    return Object.keys(data).length === 0 ? null : stored<T>(data, `GET ${path}`);
  }

  text(path: string): Promise<string> {
    return this.client.text(`${this.#path}${path}`, this.signal);
  }

  /** A list that Gitea gives as a whole. */
  async all<T>(path: string): Promise<readonly T[]> {
    const { data } = await this.client.call({ method: 'GET', path: `${this.#path}${path}` }, this.signal);
    if (!Array.isArray(data)) throw unreadable(`GET ${path}`);
    return data as T[];
  }

  /**
   * The items of a list, page by page as far as they are wanted; `itemsOf` finds them in an answer. Throws
   * `limit_reached` for one that does not end.
   */
  async *list<T>(
    path: string,
    query: Readonly<Record<string, string>> = {},
    itemsOf: (data: object) => unknown = (data) => data,
  ): AsyncGenerator<T> {
    let seen = 0;
    for (let page = 1; page <= MAX_PAGES; page++) {
      const { data, headers } = await this.client.call(
        { method: 'GET', path: `${this.#path}${path}`, query: { ...query, page: String(page), limit: PER_PAGE } },
        this.signal,
      );
      const items = itemsOf(data);
      if (!Array.isArray(items)) throw unreadable(`GET ${path}`);
      yield* items as T[];
      seen += items.length;
      if (items.length === 0 || isLast(headers, seen)) return;
    }
    throw new ProviderError('limit_reached', `Gitea: too much to look through in ${path}`);
  }

  /** A reply without an id was cut short, or is not Gitea's. */
  async write<T extends Stored>({ method, path, body }: Write): Promise<T> {
    const { data } = await this.#write(method, path, body);
    return stored<T>(data, `${method} ${path}`);
  }

  /** What Gitea answers with nothing. */
  async tell(path: string): Promise<void> {
    await this.#write('POST', path);
  }

  /** What is gone already is as good as deleted now. */
  async delete(path: string): Promise<void> {
    try {
      await this.#write('DELETE', path);
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
    }
  }

  #write(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) {
    return this.client.call({ method, path: `${this.#path}${path}`, ...(body ? { body } : {}) }, this.signal);
  }
}

function stored<T extends Stored>(data: object, what: string): T {
  if (typeof (data as { id?: unknown }).id !== 'number') throw unreadable(what);
  return data as T;
}

/**
 * An instance may give fewer than it is asked for, so that a short page proves nothing. Proxies drop headers that they do
 * not know: then the page after the last one, which is empty, ends the list.
 */
function isLast(headers: Readonly<Record<string, string>>, seen: number): boolean {
  const { link, 'x-total-count': total } = headers;
  if (link !== undefined) return !/rel="?next"?/.test(link);
  return total !== undefined && seen >= Number(total);
}
