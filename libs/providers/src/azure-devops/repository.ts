import { hasStatus, ProviderError } from '@integrations/provider-kit';
import { type RepositoryName, repositoryPath } from '../vendors/azure-devops/addresses';
import type { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { unreadable } from '../vendors/azure-devops/errors';
import { MAX_PAGES } from './limits';

const PER_PAGE = 100;

/** One call that writes, from the repository on. */
export interface Write {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly body: object;
}

/** One repository, for the time of one operation. */
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

  /** All items of a list that comes at once. */
  async all<T>(path: string, query: Readonly<Record<string, string>> = {}): Promise<readonly T[]> {
    const { value } = await this.get<{ readonly value?: unknown }>(path, query);
    if (!Array.isArray(value)) throw unreadable(`GET ${path}`);
    return value as T[];
  }

  /**
   * The items of a list that comes in pages, as far as they are wanted. `prefix`: how it spells the names of their
   * parameters. Throws `limit_reached` for one that does not end.
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

  /** A reply without an id was cut short, or is not that of Azure DevOps. */
  async write<T extends { readonly id: number }>({ method, path, body }: Write): Promise<T> {
    const { data } = await this.client.call({ method, path: `${this.#path}${path}`, body }, this.signal);
    if (typeof (data as { id?: unknown }).id !== 'number') throw unreadable(`${method} ${path}`);
    return data as T;
  }

  /** What is gone already is as good as deleted now. */
  async delete(path: string): Promise<void> {
    try {
      await this.client.call({ method: 'DELETE', path: `${this.#path}${path}` }, this.signal);
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
    }
  }
}
