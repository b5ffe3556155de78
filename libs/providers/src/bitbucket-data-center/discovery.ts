import type { DiscoveredRepository, Page } from '@integrations/contracts';
import { type Discovery, type DiscoveryQuery, foreignCursor, visibilityOf } from '@integrations/provider-kit';
import { type RepositoryName, webUrlOf } from './addresses';
import type { BitbucketClient } from './client';
import { unreadable } from './errors';
import { type ListPage, pageOf } from './repository';

/** Bitbucket searches by name only, not by project: at most this many of its pages are read for one page of matches. */
const MAX_CALLS = 5;
const PER_PAGE = 250;
const PATH = '/rest/api/latest/repos';

/** The fields we use of a repository. */
interface Repository {
  readonly id: number;
  readonly slug: string;
  readonly project: { readonly key: string };
  readonly public?: boolean;
  readonly archived?: boolean;
}

/** A position in the list: an item of the page that begins at `start`. */
interface Place {
  readonly start: number;
  readonly skip: number;
}

/** The repositories that the token may read. Annotating also requires write permission, which the list does not show. */
export function bitbucketDiscovery(client: BitbucketClient): Discovery {
  return { repositories: async (query, signal) => repositories(client, query, signal) };
}

async function repositories(
  client: BitbucketClient,
  { limit, cursor, q }: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredRepository>> {
  let { start, skip } = cursor === null ? { start: 0, skip: 0 } : read(cursor);
  const items: DiscoveredRepository[] = [];
  for (let calls = 0; calls < MAX_CALLS; calls++) {
    const { values, next } = await pageFrom(client, start, signal);
    for (const [index, repository] of values.entries()) {
      if (index < skip) continue;
      if (items.length === limit) return { items, nextCursor: `${start}.${index}` };
      const found = toDiscovered(repository, client.base);
      if (q === null || `${found.owner}/${found.name}`.toLowerCase().includes(q)) items.push(found);
    }
    if (next === null) return { items, nextCursor: null };
    [start, skip] = [next, 0];
  }
  return { items, nextCursor: `${start}.0` };
}

// https://developer.atlassian.com/server/bitbucket/rest/v902/api-group-repository/#api-api-latest-repos-get
async function pageFrom(client: BitbucketClient, start: number, signal: AbortSignal): Promise<ListPage<Repository>> {
  const query = { permission: 'REPO_READ', start: String(start), limit: String(PER_PAGE) };
  const { data } = await client.call({ method: 'GET', path: PATH, query }, signal);
  const page = pageOf<Repository>(data, `GET ${PATH}`);
  if (!page.values.every(isRepository)) throw unreadable(`GET ${PATH}`);
  return page;
}

function isRepository(value: unknown): value is Repository {
  const { id, slug, project } = (value ?? {}) as Partial<Repository>;
  return typeof id === 'number' && typeof slug === 'string' && typeof project?.key === 'string';
}

function toDiscovered(repository: Repository, base: string): DiscoveredRepository {
  const name: RepositoryName = { owner: repository.project.key, repository: repository.slug };
  return {
    id: String(repository.id),
    owner: name.owner,
    name: name.repository,
    url: `${webUrlOf(base, name)}/browse`,
    defaultBranch: null,
    visibility: visibilityOf(repository.public === undefined ? undefined : !repository.public),
    archived: repository.archived ?? false,
  };
}

function read(cursor: string): Place {
  const [, start, skip] = /^(\d{1,10})\.(\d{1,4})$/.exec(cursor) ?? [];
  if (start !== undefined && skip !== undefined) return { start: Number(start), skip: Number(skip) };
  throw foreignCursor();
}
