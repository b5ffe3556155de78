import { hasStatus } from '@integrations/provider-kit';
import { type GitHubClient, repositoryPath, type Scope } from './client';
import { unreadable } from './errors';
import { type ApiAnswer, type ApiRequest, GRAPHQL } from './transport';

/** As many as GitHub gives at once. */
export const PER_PAGE = 100;

/** What GitHub gives everything that it stores. */
export interface Stored {
  readonly id: number;
}

/** One repository, seen by the installation with one permission, for the time of one operation. */
export class RepositoryClient {
  readonly #client: GitHubClient;
  readonly #scope: Scope;
  readonly #signal: AbortSignal;

  constructor(client: GitHubClient, scope: Scope, signal: AbortSignal) {
    this.#client = client;
    this.#scope = scope;
    this.#signal = signal;
  }

  get<T extends Stored>(path: string): Promise<T> {
    return this.#one<T>('GET', path);
  }

  post<T extends Stored>(path: string, body: object): Promise<T> {
    return this.#one<T>('POST', path, body);
  }

  patch<T extends Stored>(path: string, body: object): Promise<T> {
    return this.#one<T>('PATCH', path, body);
  }

  /** What is gone already is as good as deleted now. */
  async delete(path: string): Promise<void> {
    try {
      await this.#call({ method: 'DELETE', path });
    } catch (error) {
      if (!hasStatus(error, 404) || error.transient) throw error;
    }
  }

  /** For what REST does not offer. Answers with `data`; what GraphQL refuses fails as if REST had. */
  async graphql<T>(query: string, variables: object): Promise<T> {
    const request: ApiRequest = { method: 'POST', path: GRAPHQL, body: { query, variables } };
    const answer = await this.#client.asInstallation(this.#scope, request, this.#signal);
    const { data } = answer.data as { data?: unknown };
    if (typeof data !== 'object' || data === null) throw unreadable(`POST ${GRAPHQL}`);
    return data as T;
  }

  /** The repository as GraphQL is asked for it. */
  get names(): { readonly owner: string; readonly name: string } {
    return { owner: this.#scope.owner, name: this.#scope.repository };
  }

  /** The items of a list, page by page as far as they are wanted. `key`: the property that holds them, if one does. */
  async *list<T>(path: string, query: Readonly<Record<string, string>> = {}, key?: string): AsyncGenerator<T> {
    for (let page = 1; ; page++) {
      const answer = await this.#call({ method: 'GET', path, query: { ...query, per_page: PER_PAGE, page } });
      const items = key ? (answer.data as Record<string, unknown>)[key] : answer.data;
      if (!Array.isArray(items)) throw unreadable(`GET ${this.#pathOf(path)}`);
      yield* items as T[];
      if (!hasNext(answer, items.length)) return;
    }
  }

  /** A reply without an id was cut short, or is not GitHub's. */
  async #one<T extends Stored>(method: ApiRequest['method'], path: string, body?: object): Promise<T> {
    const { data } = await this.#call({ method, path, ...(body ? { body } : {}) });
    if (typeof (data as Partial<Stored>).id !== 'number') throw unreadable(`${method} ${this.#pathOf(path)}`);
    return data as T;
  }

  #call(request: ApiRequest): Promise<ApiAnswer> {
    return this.#client.asInstallation(this.#scope, { ...request, path: this.#pathOf(request.path) }, this.#signal);
  }

  #pathOf(path: string): string {
    return `${repositoryPath(this.#scope)}${path}`;
  }
}

/** The Link header only says whether there is more; its URL, which could lead anywhere, is never followed. */
export function hasNext({ response }: ApiAnswer, count: number, perPage = PER_PAGE): boolean {
  const link = response.headers['link'];
  return link === undefined ? count >= perPage : link.includes('rel="next"');
}
