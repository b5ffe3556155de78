import type { DiscoveredRepository, Page } from '@integrations/contracts';
import { type Discovery, type DiscoveryQuery, foreignCursor, visibilityOf } from '@integrations/provider-kit';
import { webUrlOf } from './addresses';
import type { BitbucketClient } from './client';
import { unreadable } from './errors';
import { PAGELEN } from './limits';
import { itemsOf } from './pages';

/** We filter Bitbucket's list ourselves: at most this many of its pages are read for one page of matches. */
const MAX_CALLS = 5;

/** The fields we use of a repository. */
interface Repository {
  readonly uuid: string;
  readonly slug: string;
  readonly is_private?: boolean;
  readonly mainbranch?: { readonly name?: string } | null;
}

interface Membership {
  readonly workspace?: { readonly slug?: string };
}

/** A position in the list: a workspace, a page of Bitbucket's, and how many of its items have been passed. */
interface Place {
  readonly workspace: string;
  readonly page: number;
  readonly skip: number;
}

/**
 * The repositories of the configured workspace, or of all the account's workspaces: Bitbucket no longer has a list
 * across workspaces. https://developer.atlassian.com/cloud/bitbucket/changelog/#CHANGE-2770
 */
export function bitbucketDiscovery(client: BitbucketClient): Discovery {
  return { repositories: async (query, signal) => repositories(client, query, signal) };
}

async function repositories(
  client: BitbucketClient,
  { limit, cursor, q }: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredRepository>> {
  const start = cursor === null ? null : read(cursor);
  const workspaces = await workspacesOf(client, signal);
  if (start && !workspaces.includes(start.workspace)) throw foreignCursor();
  const items: DiscoveredRepository[] = [];
  let place = start ?? firstOf(workspaces[0]);
  for (let calls = 0; place !== null && calls < MAX_CALLS && items.length < limit; calls++) {
    const { workspace, page, skip } = place;
    const { listed, isLast } = await pageAt(client, place, signal);
    place = isLast ? firstOf(workspaces[workspaces.indexOf(workspace) + 1]) : { workspace, page: page + 1, skip: 0 };
    for (let index = skip; index < listed.length; index++) {
      const repository = listed[index]!;
      if (q !== null && !`${workspace}/${repository.slug}`.toLowerCase().includes(q)) continue;
      items.push(toDiscovered(client, workspace, repository));
      if (items.length < limit || index === listed.length - 1) continue;
      return { items, nextCursor: write({ workspace, page, skip: index + 1 }) };
    }
  }
  return { items, nextCursor: place && write(place) };
}

async function workspacesOf(client: BitbucketClient, signal: AbortSignal): Promise<readonly string[]> {
  const { workspace } = client.config;
  if (workspace !== undefined) return [workspace];
  const found: string[] = [];
  for await (const one of itemsOf<Membership>(client, '/user/workspaces', signal)) {
    if (one.workspace?.slug) found.push(one.workspace.slug);
  }
  return found.sort();
}

/** Oldest first, so that a new repository does not shift the others. */
async function pageAt(client: BitbucketClient, { workspace, page }: Place, signal: AbortSignal) {
  const path = `/repositories/${encodeURIComponent(workspace)}`;
  const query = { pagelen: String(PAGELEN), page: String(page), sort: 'created_on' };
  const answer = (await client.call({ method: 'GET', path, query }, signal)) as { values?: unknown; next?: unknown };
  const { values, next } = answer;
  if (!Array.isArray(values) || !values.every(isRepository)) throw unreadable(`GET ${path}`);
  return { listed: values as readonly Repository[], isLast: next === undefined || next === null };
}

function isRepository(value: unknown): value is Repository {
  const { uuid, slug } = (value ?? {}) as Partial<Repository>;
  return typeof uuid === 'string' && typeof slug === 'string';
}

function toDiscovered({ web }: BitbucketClient, owner: string, repository: Repository): DiscoveredRepository {
  const { uuid: id, slug: name, is_private, mainbranch } = repository;
  return {
    ...{ id, owner, name, url: webUrlOf(web, { owner, repository: name }) },
    defaultBranch: mainbranch?.name ?? null,
    visibility: visibilityOf(is_private),
    archived: false,
  };
}

function firstOf(workspace: string | undefined): Place | null {
  return workspace === undefined ? null : { workspace, page: 1, skip: 0 };
}

function write({ workspace, page, skip }: Place): string {
  return `${workspace}:${page}:${skip}`;
}

function read(cursor: string): Place {
  const [, workspace, page, skip] = /^([a-z0-9_-]{1,62}):([1-9]\d{0,5}):(\d{1,3})$/.exec(cursor) ?? [];
  if (workspace === undefined) throw foreignCursor();
  return { workspace, page: Number(page), skip: Number(skip) };
}
