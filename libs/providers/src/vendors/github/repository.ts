import { hasStatus, ProviderError } from '@integrations/provider-kit';
import { type GitHubClient, repositoryPath, type Scope } from './client';
import { unreadable } from './errors';
import { type ApiAnswer, type ApiRequest, GRAPHQL } from './transport';

/** GitHub's largest page. */
export const PER_PAGE = 100;
/** Far more than the 2,500 comments that GitHub allows on a pull request: only a list without an end is longer. */
const MAX_PAGES = 200;

/** The field that everything stored by GitHub has. */
export interface Stored {
  readonly id: number;
}

/** A client for one repository, with one permission, for the duration of one operation. */
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

  /** Succeeds if it is already gone. */
  async delete(path: string): Promise<void> {
    try {
      await this.#call({ method: 'DELETE', path });
    } catch (error) {
      if (!hasStatus(error, 404) || error.transient) throw error;
    }
  }

  /**
   * For operations that REST does not offer. Returns `data`; a GraphQL error is thrown like the matching REST error.
   */
  async graphql<T>(query: string, variables: object): Promise<T> {
    const request: ApiRequest = { method: 'POST', path: GRAPHQL, body: { query, variables } };
    const answer = await this.#client.asInstallation(this.#scope, request, this.#signal);
    const { data } = answer.data as { data?: unknown };
    if (typeof data !== 'object' || data === null) throw unreadable(`POST ${GRAPHQL}`);
    return data as T;
  }

  /** The variables that name the repository in GraphQL. */
  get names(): { readonly owner: string; readonly name: string } {
    return { owner: this.#scope.owner, name: this.#scope.repository };
  }

  /**
   * Yields the items of a list and fetches further pages on demand, the largest there are unless the query has `per_page`.
   * `key`: the property that holds the items, if any.
   * Throws `limit_reached` after MAX_PAGES pages.
   */
  async *list<T>(path: string, query: Readonly<Record<string, string>> = {}, key?: string): AsyncGenerator<T> {
    for (let page = 1; page <= MAX_PAGES; page++) {
      const asked = { per_page: PER_PAGE, ...query, page };
      const answer = await this.#call({ method: 'GET', path, query: asked });
      const items = key ? (answer.data as Record<string, unknown>)[key] : answer.data;
      if (!Array.isArray(items)) throw unreadable(`GET ${this.#pathOf(path)}`);
      yield* items as T[];
      if (!hasNext(answer, items.length, Number(asked.per_page))) return;
    }
    throw new ProviderError('limit_reached', `GitHub: too many items to look through at ${this.#pathOf(path)}`);
  }

  /** A reply without an id was truncated or does not come from GitHub. */
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

/**
 * Uses the Link header only to see whether there is another page. Its URL could lead anywhere and is never followed.
 */
export function hasNext({ response }: ApiAnswer, count: number, perPage = PER_PAGE): boolean {
  const link = response.headers['link'];
  return link === undefined ? count >= perPage : link.includes('rel="next"');
}
