import type { DiscoveredRepository, Page } from '@integrations/contracts';
import { type Discovery, type DiscoveryQuery, ProviderError } from '@integrations/provider-kit';
import type { GitHubClient } from './client';
import { unreadable } from './errors';
import { hasNext } from './repository';

const PATH = '/installation/repositories';
const PER_PAGE = 100;
/** GitHub cannot search within an installation: for a page of what matches, so many of its pages are read at most. */
const MAX_CALLS = 5;

/** The fields we use of a repository. */
interface Repository {
  readonly id: number;
  readonly name: string;
  readonly owner: { readonly login: string };
  readonly html_url: string;
  readonly default_branch?: string | null;
  readonly visibility?: string;
  readonly private?: boolean;
  readonly archived?: boolean;
}

/** Where to go on: a page of GitHub's, and how many of it are done with. */
interface Position {
  readonly page: number;
  readonly offset: number;
}

/** The repositories that the configured installation reaches. */
export function githubDiscovery(client: GitHubClient): Discovery {
  return { repositories: (query, signal) => repositories(client, query, signal) };
}

// https://docs.github.com/en/rest/apps/installations#list-repositories-accessible-to-the-app-installation
async function repositories(
  client: GitHubClient,
  { limit, cursor, q }: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredRepository>> {
  const items: DiscoveredRepository[] = [];
  let position = cursor === null ? { page: 1, offset: 0 } : read(cursor);
  for (let calls = 0; calls < MAX_CALLS && items.length < limit; calls++) {
    const { listed, isLast } = await pageOf(client, position.page, signal);
    for (let offset = position.offset; offset < listed.length; offset++) {
      const repository = toDiscovered(listed[offset]!);
      if (!matches(repository, q)) continue;
      if (items.length === limit) return { items, nextCursor: write({ ...position, offset }) };
      items.push(repository);
    }
    if (isLast) return { items, nextCursor: null };
    position = { page: position.page + 1, offset: 0 };
  }
  return { items, nextCursor: write(position) };
}

async function pageOf(client: GitHubClient, page: number, signal: AbortSignal) {
  const { installationId } = client.config;
  if (installationId === undefined) {
    // The app may be installed at strangers as well, whose repositories are nobody's business here.
    const message = 'GitHub: repositories are listed where config.installationId names the installation';
    throw new ProviderError('unsupported_operation', message);
  }
  const request = { method: 'GET', path: PATH, query: { per_page: PER_PAGE, page } } as const;
  const answer = await client.asInstallationId(installationId, 'metadata', request, signal);
  const listed = (answer.data as { repositories?: unknown }).repositories;
  if (!Array.isArray(listed) || !listed.every(isRepository)) {
    throw unreadable({ what: `GET ${PATH}`, permission: null, tokenAgeMs: null });
  }
  return { listed, isLast: !hasNext(answer, listed.length) };
}

function isRepository(value: unknown): value is Repository {
  const { id, name, owner } = (value ?? {}) as Partial<Repository>;
  return typeof id === 'number' && typeof name === 'string' && typeof owner?.login === 'string';
}

function toDiscovered(repository: Repository): DiscoveredRepository {
  const { id, name, owner, html_url: url, default_branch: defaultBranch, archived } = repository;
  const visibility = visibilityOf(repository);
  return {
    id: String(id),
    owner: owner.login,
    name,
    url,
    defaultBranch: defaultBranch ?? null,
    visibility,
    archived: archived ?? false,
  };
}

/** An old Enterprise Server tells only whether it is private. */
function visibilityOf({ visibility, private: isPrivate }: Repository): DiscoveredRepository['visibility'] {
  if (visibility === 'public' || visibility === 'internal' || visibility === 'private') return visibility;
  if (isPrivate === undefined) return null;
  return isPrivate ? 'private' : 'public';
}

function matches({ owner, name }: DiscoveredRepository, q: string | null): boolean {
  return q === null || `${owner}/${name}`.toLowerCase().includes(q);
}

function write({ page, offset }: Position): string {
  return `${page}.${offset}`;
}

function read(cursor: string): Position {
  const [, page, offset] = /^([1-9]\d{0,5})\.(\d{1,2})$/.exec(cursor) ?? [];
  if (page === undefined) throw new ProviderError('invalid_request', 'GitHub: the cursor is not one of this list');
  return { page: Number(page), offset: Number(offset) };
}
