import { hasStatus, ProviderError } from '@integrations/provider-kit';
import { pathOf, type ProjectName } from '../vendors/gitlab/addresses';
import type { GitLabClient } from '../vendors/gitlab/client';
import { unreadable } from '../vendors/gitlab/errors';
import { type ListPage, PER_PAGE, type Resources } from '../vendors/gitlab/gitbeaker';
import { MAX_PAGES } from './limits';
import type { ApiAnswer, ApiRequest } from '../vendors/gitlab/transport';

/** A write, with its path relative to the project. */
export interface Write {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: object;
}

/** Gitbeaker's options for one page. */
export interface PageOptions {
  readonly page: number;
  readonly perPage: number;
  readonly showExpanded: true;
}

/** A client for one project, for the duration of one operation. */
export class ProjectClient {
  readonly client: GitLabClient;
  readonly signal: AbortSignal;
  readonly #path: string;

  /** `project`: its name, or its number if that is known already. */
  constructor(client: GitLabClient, project: ProjectName | number, signal: AbortSignal) {
    this.client = client;
    this.signal = signal;
    this.#path = typeof project === 'number' ? String(project) : pathOf(project);
  }

  /** Another project of the instance, with the same token. */
  other(number: number): ProjectClient {
    return new ProjectClient(this.client, number, this.signal);
  }

  /** `T`: the fields that we use of an object with an id. */
  async get<T extends { readonly id: number | string }>(
    what: string,
    read: (resources: Resources, id: string) => Promise<unknown>,
  ): Promise<T> {
    const found = await this.#at(async (id) => read(await this.client.read(this.signal), id));
    if (!hasId(found)) throw unreadable(`the request for ${what}`);
    return found as T;
  }

  /** Yields the items of a list and fetches further pages on demand. Throws `limit_reached` after MAX_PAGES pages. */
  async *list<T>(
    what: string,
    read: (resources: Resources, id: string, page: PageOptions) => Promise<unknown>,
  ): AsyncGenerator<T> {
    for (let page: number | null = 1, pages = 0; page !== null; pages++) {
      if (pages === MAX_PAGES) throw new ProviderError('limit_reached', `GitLab: too many ${what} to look through`);
      const options: PageOptions = { page, perPage: PER_PAGE, showExpanded: true };
      const answer = (await this.#at(async (id) => read(await this.client.read(this.signal), id, options))) as ListPage;
      if (!Array.isArray(answer.data)) throw unreadable(`the request for ${what}`);
      yield* answer.data as T[];
      page = answer.paginationInfo?.next ?? null;
    }
  }

  /** A reply without an id was truncated or does not come from GitLab. */
  async write<T extends { readonly id: number | string }>(write: Write): Promise<T> {
    const { data } = await this.#at((id) => this.client.call(requestOf(write, id), this.signal));
    if (!hasId(data)) throw unreadable(`${write.method} ${write.path}`);
    return data as T;
  }

  /** Succeeds if it is already gone. */
  async delete(path: string): Promise<void> {
    try {
      await this.#at((id): Promise<ApiAnswer> =>
        this.client.call(requestOf({ method: 'DELETE', path }, id), this.signal),
      );
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
    }
  }

  #at<T>(work: (id: string) => Promise<T>): Promise<T> {
    return this.client.atProject(this.#path, work, this.signal);
  }
}

function hasId(found: unknown): boolean {
  const { id } = (found ?? {}) as { id?: unknown };
  return typeof id === 'number' || typeof id === 'string';
}

function requestOf({ method, path, body }: Write, id: string): ApiRequest {
  return { method, path: `/projects/${encodeURIComponent(id)}${path}`, ...(body ? { body } : {}) };
}
