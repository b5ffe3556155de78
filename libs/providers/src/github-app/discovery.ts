import type { DiscoveredRepository, Page } from '@integrations/contracts';
import { type Discovery, type DiscoveryQuery, foreignCursor, visibilityOf } from '@integrations/provider-kit';
import type { GitHubClient } from '../vendors/github/client';
import { type InstalledRepository, installationRepositories } from '../vendors/github/installation-repositories';

/** GitHub cannot search within an installation: at most this many of its pages are read for one page of matches. */
const MAX_CALLS = 5;

/** A position in the list: a page of GitHub's, and how many of its items have been passed. */
interface Position {
  readonly page: number;
  readonly offset: number;
}

/** The repositories of the configured installation. */
export function githubDiscovery(client: GitHubClient): Discovery {
  return { repositories: (query, signal) => listed(client, query, signal) };
}

async function listed(
  client: GitHubClient,
  { limit, cursor, q }: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredRepository>> {
  const items: DiscoveredRepository[] = [];
  let position = cursor === null ? { page: 1, offset: 0 } : read(cursor);
  for (let calls = 0; calls < MAX_CALLS && items.length < limit; calls++) {
    const { items: repositories, isLast } = await installationRepositories(client, position.page, signal);
    for (let offset = position.offset; offset < repositories.length; offset++) {
      const repository = toDiscovered(repositories[offset]!);
      if (!matches(repository, q)) continue;
      if (items.length === limit) return { items, nextCursor: write({ ...position, offset }) };
      items.push(repository);
    }
    if (isLast) return { items, nextCursor: null };
    position = { page: position.page + 1, offset: 0 };
  }
  return { items, nextCursor: write(position) };
}

function toDiscovered(repository: InstalledRepository): DiscoveredRepository {
  const { id, name, owner, html_url: url, default_branch: defaultBranch, archived } = repository;
  return {
    id: String(id),
    owner: owner.login,
    name,
    url,
    defaultBranch: defaultBranch ?? null,
    visibility: reportedVisibility(repository),
    archived: archived ?? false,
  };
}

/** An old GitHub Enterprise Server reports only whether a repository is private. */
function reportedVisibility({
  visibility,
  private: isPrivate,
}: InstalledRepository): DiscoveredRepository['visibility'] {
  if (visibility === 'public' || visibility === 'internal' || visibility === 'private') return visibility;
  return visibilityOf(isPrivate);
}

function matches({ owner, name }: DiscoveredRepository, q: string | null): boolean {
  return q === null || `${owner}/${name}`.toLowerCase().includes(q);
}

function write({ page, offset }: Position): string {
  return `${page}.${offset}`;
}

function read(cursor: string): Position {
  const [, page, offset] = /^([1-9]\d{0,5})\.(\d{1,2})$/.exec(cursor) ?? [];
  if (page === undefined) throw foreignCursor();
  return { page: Number(page), offset: Number(offset) };
}
