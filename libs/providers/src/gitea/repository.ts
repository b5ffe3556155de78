import { hasStatus, ProviderError } from '@integrations/provider-kit';
import { pathOf, type RepositoryName } from './addresses';
import type { GiteaClient } from './client';
import { unreadable } from './errors';
import { MAX_PAGES } from './limits';

/** The largest page of an instance with the default settings. */
const PER_PAGE = '50';

/** A write, with its path relative to the repository. */
export interface Write {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: object;
}

/** The field that everything stored by Gitea has. */
interface Stored {
  readonly id: number;
}

/** A client for one repository, for the duration of one operation. */
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

  /** As `get`, but null for an empty answer: the object exists, but is of another kind than requested. */
  async find<T extends Stored>(path: string): Promise<T | null> {
    const { data } = await this.client.call({ method: 'GET', path: `${this.#path}${path}` }, this.signal);
    return Object.keys(data).length === 0 ? null : stored<T>(data, `GET ${path}`);
  }

  text(path: string): Promise<string> {
    return this.client.text(`${this.#path}${path}`, this.signal);
  }

  /** All items of a list without pages. */
  async all<T>(path: string): Promise<readonly T[]> {
    const { data } = await this.client.call({ method: 'GET', path: `${this.#path}${path}` }, this.signal);
    if (!Array.isArray(data)) throw unreadable(`GET ${path}`);
    return data as T[];
  }

  /**
   * Yields the items of a list and fetches further pages on demand; `itemsOf` extracts them from an answer. Throws
   * `limit_reached` after MAX_PAGES pages.
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
    throw new ProviderError('limit_reached', `Gitea: too many items to look through at ${path}`);
  }

  /** A reply without an id was truncated or does not come from Gitea. */
  async write<T extends Stored>({ method, path, body }: Write): Promise<T> {
    const { data } = await this.#write(method, path, body);
    return stored<T>(data, `${method} ${path}`);
  }

  /** POSTs to a path whose answer is empty. */
  async post(path: string): Promise<void> {
    await this.#write('POST', path);
  }

  /** Succeeds if it is already gone. */
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
 * An instance may return fewer items than requested, so a short page proves nothing. Some proxies drop headers that
 * they do not know; then an empty page ends the list.
 */
function isLast(headers: Readonly<Record<string, string>>, seen: number): boolean {
  const { link, 'x-total-count': total } = headers;
  if (link !== undefined) return !/rel="?next"?/.test(link);
  return total !== undefined && seen >= Number(total);
}
