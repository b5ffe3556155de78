import { hasStatus, ProviderError } from '@integrations/provider-kit';
import { type RepositoryName, repositoryPath } from '../vendors/azure-devops/addresses';
import type { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { unreadable } from '../vendors/azure-devops/errors';
import { MAX_PAGES } from './limits';

const PER_PAGE = 100;

/** A write, with its path relative to the repository. */
export interface Write {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly body: object;
}

/** A client for one repository, for the duration of one operation. */
export class RepositoryClient {
  readonly client: AzureDevOpsClient;
  readonly name: RepositoryName;
  readonly signal: AbortSignal;
  readonly #path: string;

  constructor(client: AzureDevOpsClient, { owner, repository }: RepositoryName, signal: AbortSignal) {
    this.client = client;
    this.name = { owner, repository };
    this.signal = signal;
    this.#path = repositoryPath(this.name);
  }

  /** `T`: the fields that we use. */
  async get<T extends object>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T> {
    const { data } = await this.client.call({ method: 'GET', path: `${this.#path}${path}`, query }, this.signal);
    return data as T;
  }

  /** All items of a list without pages. */
  async all<T>(path: string, query: Readonly<Record<string, string>> = {}): Promise<readonly T[]> {
    const { value } = await this.get<{ readonly value?: unknown }>(path, query);
    if (!Array.isArray(value)) throw unreadable(`GET ${path}`);
    return value as T[];
  }

  /**
   * Yields the items of a paged list and fetches further pages on demand. `prefix`: how the list spells its paging
   * parameters. Throws `limit_reached` after MAX_PAGES pages.
   */
  async *list<T>(path: string, prefix: '$' | '', query: Readonly<Record<string, string>>): AsyncGenerator<T> {
    for (let page = 0; page < MAX_PAGES; page++) {
      const range = { [`${prefix}top`]: String(PER_PAGE), [`${prefix}skip`]: String(page * PER_PAGE) };
      const items = await this.all<T>(path, { ...query, ...range });
      yield* items;
      if (items.length < PER_PAGE) return;
    }
    throw new ProviderError('limit_reached', `Azure DevOps: too many items to look through at ${path}`);
  }

  /** A reply without an id was truncated or does not come from Azure DevOps. */
  async write<T extends { readonly id: number }>({ method, path, body }: Write): Promise<T> {
    const { data } = await this.client.call({ method, path: `${this.#path}${path}`, body }, this.signal);
    if (typeof (data as { id?: unknown }).id !== 'number') throw unreadable(`${method} ${path}`);
    return data as T;
  }

  /** Succeeds if it is already gone. */
  async delete(path: string): Promise<void> {
    try {
      await this.client.call({ method: 'DELETE', path: `${this.#path}${path}` }, this.signal);
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
    }
  }
}
