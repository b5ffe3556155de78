import { hasStatus, nullIf } from '@integrations/provider-kit';
import { type RepositoryName, repositoryPath, webUrlOf } from './addresses';
import type { BitbucketClient } from './client';
import { unreadable } from './errors';
import { itemsOf } from './pages';

/** A write, with its path relative to the repository. */
export interface Write {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: object;
}

/** A client for one repository, for the duration of one operation. */
export class RepositoryClient {
  readonly client: BitbucketClient;
  readonly signal: AbortSignal;
  /** The URL of its web page. */
  readonly webUrl: string;
  readonly #base: string;

  constructor(client: BitbucketClient, name: RepositoryName, signal: AbortSignal) {
    this.client = client;
    this.signal = signal;
    this.webUrl = webUrlOf(client.web, name);
    this.#base = repositoryPath(name);
  }

  /** `T`: the fields that we use of the object. */
  async get<T extends object>(path: string): Promise<T> {
    return (await this.client.call({ method: 'GET', path: `${this.#base}${path}` }, this.signal)) as T;
  }

  /** Null if the object does not exist or we may not see it; a write to the same path reveals which. */
  async find<T extends object>(path: string): Promise<T | null> {
    return this.get<T>(path).catch(asAbsent);
  }

  /** The output of `git diff`. Bitbucket redirects to it, which the egress client follows. */
  async diff(path: string): Promise<string> {
    const request = { method: 'GET', path: `${this.#base}${path}` } as const;
    const response = await this.client.ask(request, this.signal);
    if (response.status !== 200) throw this.client.errorFrom(request, response);
    const text = response.text();
    if (text !== '' && !text.startsWith('diff --git ')) throw unreadable(`GET ${request.path}`);
    return text;
  }

  list<T>(path: string): AsyncGenerator<T> {
    return itemsOf<T>(this.client, `${this.#base}${path}`, this.signal);
  }

  async write<T extends object>({ method, path, body }: Write): Promise<T> {
    const request = { method, path: `${this.#base}${path}`, ...(body ? { body } : {}) };
    return (await this.client.call(request, this.signal)) as T;
  }

  /** Succeeds if it is already gone. */
  async delete(path: string): Promise<void> {
    await this.write({ method: 'DELETE', path }).catch(asAbsent);
  }
}

const asAbsent = nullIf((error) => hasStatus(error, 404));
