import { hasStatus, nullIf, ProviderError } from '@integrations/provider-kit';
import { pathOf, type RepositoryName } from './addresses';
import type { BitbucketClient } from './client';
import { unreadable } from './errors';
import { MAX_PAGES, PAGE_SIZE } from './limits';
import type { ApiRequest } from './transport';

/** A write; `path` is relative to the context path. */
export interface Write {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** A page of a list. `next` is not simply the number of items so far: items that we may not see are skipped. */
export interface ListPage<T> {
  readonly values: readonly T[];
  readonly next: number | null;
}

/** A client for one repository, for the duration of one operation. */
export class RepositoryClient {
  readonly client: BitbucketClient;
  readonly name: RepositoryName;
  readonly signal: AbortSignal;

  constructor(client: BitbucketClient, name: RepositoryName, signal: AbortSignal) {
    this.client = client;
    this.name = name;
    this.signal = signal;
  }

  /** `path`: relative to the repository. */
  async get(path: string, query?: Readonly<Record<string, string>>): Promise<object> {
    return (await this.#call({ method: 'GET', path: apiPath(this.name, path), ...(query ? { query } : {}) })).data;
  }

  async text(path: string): Promise<string> {
    return (await this.#call({ method: 'GET', path: apiPath(this.name, path), reads: 'text' })).text;
  }

  /** Yields the items of a list and fetches further pages on demand. Throws `limit_reached` after MAX_PAGES pages. */
  async *list<T>(what: string, path: string): AsyncGenerator<T> {
    for (let start: number | null = 0, pages = 0; start !== null; pages++) {
      if (pages === MAX_PAGES) throw new ProviderError('limit_reached', `Bitbucket: too many ${what} to look through`);
      const query = { start: String(start), limit: String(PAGE_SIZE) };
      const page: ListPage<T> = pageOf(await this.get(path, query), `the request for ${what}`);
      yield* page.values;
      start = page.next;
    }
  }

  /** Returns the data of the answer, which is empty for some writes. */
  async write(write: Write): Promise<object> {
    return (await this.#call(write)).data;
  }

  /** GETs a path relative to the context path, for APIs other than the main one. */
  async at(path: string, query?: Readonly<Record<string, string>>): Promise<object> {
    return (await this.#call({ method: 'GET', path, ...(query ? { query } : {}) })).data;
  }

  #call(request: ApiRequest) {
    return this.client.call(request, this.signal);
  }
}

/** A path of a repository in the main API. */
export function apiPath(name: RepositoryName, path: string): string {
  return `/rest/api/latest${pathOf(name)}${path}`;
}

export function pageOf<T>(data: object, what: string): ListPage<T> {
  const { values, isLastPage, nextPageStart } = data as Record<string, unknown>;
  if (!Array.isArray(values)) throw unreadable(what);
  if (isLastPage !== false) return { values: values as T[], next: null };
  if (typeof nextPageStart !== 'number') throw unreadable(what);
  return { values: values as T[], next: nextPageStart };
}

/** Null if the object does not exist. */
export const asAbsent = nullIf((error) => hasStatus(error, 404));
