import type { DiscoveredRepository, Page } from '@integrations/contracts';
import { type Discovery, type DiscoveryQuery, foreignCursor } from '@integrations/provider-kit';
import type { GiteaClient } from './client';
import { unreadable } from './errors';

/** Gitea searches by the repository's name, we also by the owner's: most of its pages to read for one of ours. */
const MAX_CALLS = 5;
const PER_PAGE = '50';

/** The fields we use of a repository. */
interface Repository {
  readonly id: number;
  readonly name: string;
  readonly full_name: string;
  readonly owner: { readonly login: string };
  readonly html_url: string;
  readonly default_branch?: string;
  readonly private?: boolean;
  readonly internal?: boolean;
  readonly archived?: boolean;
}

/** A position in the list: a page of Gitea's, and the id of the last repository seen. */
interface Place {
  readonly page: number;
  readonly after: number;
}

/** The repositories that the token's user owns or collaborates on, sorted by id. */
export function giteaDiscovery(client: GiteaClient): Discovery {
  return { repositories: (query, signal) => repositories(client, query, signal) };
}

async function repositories(
  client: GiteaClient,
  { limit, cursor, q }: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredRepository>> {
  let { page, after } = cursor === null ? { page: 1, after: 0 } : read(cursor);
  const uid = await client.ownUserId(signal);
  const items: DiscoveredRepository[] = [];
  for (let calls = 0; calls < MAX_CALLS; calls++, page++) {
    const listed = await pageOf(client, uid, page, signal);
    if (listed.length === 0) return { items, nextCursor: null };
    for (const repository of listed.filter(({ id }) => id > after)) {
      if (items.length === limit) return { items, nextCursor: `${page}-${after}` };
      after = repository.id;
      if (q === null || repository.full_name.toLowerCase().includes(q)) items.push(toDiscovered(repository));
    }
  }
  return { items, nextCursor: `${page}-${after}` };
}

/** Empty after the last page. An instance may return fewer items than requested. */
async function pageOf(
  client: GiteaClient,
  uid: number,
  page: number,
  signal: AbortSignal,
): Promise<readonly Repository[]> {
  const query = { uid: String(uid), sort: 'id', order: 'asc', page: String(page), limit: PER_PAGE };
  const { data } = await client.call({ method: 'GET', path: '/repos/search', query }, signal);
  const { data: listed } = data as { data?: unknown };
  if (!Array.isArray(listed) || !listed.every(isRepository)) throw unreadable('GET /repos/search');
  return listed;
}

function isRepository(value: unknown): value is Repository {
  const { id, name, full_name, owner, html_url } = (value ?? {}) as Partial<Repository>;
  const texts = [name, full_name, owner?.login, html_url];
  return typeof id === 'number' && texts.every((text) => typeof text === 'string');
}

function toDiscovered(repository: Repository): DiscoveredRepository {
  const { id, name, owner, html_url: url, default_branch, archived } = repository;
  return {
    id: String(id),
    owner: owner.login,
    name,
    url,
    defaultBranch: default_branch || null,
    visibility: visibilityOf(repository),
    archived: archived ?? false,
  };
}

function visibilityOf({ private: isPrivate, internal }: Repository): DiscoveredRepository['visibility'] {
  if (isPrivate === undefined) return null;
  if (isPrivate) return 'private';
  return internal ? 'internal' : 'public';
}

function read(cursor: string): Place {
  const [, page, after] = /^([1-9]\d{0,6})-(\d{1,15})$/.exec(cursor) ?? [];
  if (page !== undefined) return { page: Number(page), after: Number(after) };
  throw foreignCursor();
}
