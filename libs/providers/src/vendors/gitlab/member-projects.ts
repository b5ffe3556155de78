import type { Page } from '@integrations/contracts';
import { type DiscoveryQuery, foreignCursor } from '@integrations/provider-kit';
import type { GitLabClient } from './client';
import { unreadable } from './errors';
import { PER_PAGE } from './gitbeaker';

/** GitLab's search returns more than we match: at most this many of its pages are read for one page of ours. */
const MAX_CALLS = 5;
/** GitLab matches shorter search words as whole words only. */
const SHORTEST_SEARCH = 3;

/** The fields we use of a project. */
export interface MemberProject {
  readonly id: number;
  readonly path: string;
  readonly path_with_namespace: string;
  readonly web_url: string;
  readonly default_branch?: string | null;
  readonly visibility?: string;
  readonly archived?: boolean;
  /** Whether CI/CD is enabled; older instances send only `jobs_enabled`. */
  readonly builds_access_level?: string;
  readonly jobs_enabled?: boolean;
}

/** The projects of which the token's user is a member, by keyset pagination: the cursor is the id of the last one. */
export async function listMemberProjects<T>(
  client: GitLabClient,
  { limit, cursor, q }: DiscoveryQuery,
  toItem: (project: MemberProject) => T,
  signal: AbortSignal,
): Promise<Page<T>> {
  let after = cursor === null ? 0 : read(cursor);
  client.refuseJobToken('list projects');
  const items: T[] = [];
  for (let calls = 0; calls < MAX_CALLS && items.length < limit; calls++) {
    const listed = await pageAfter(client, after, q, signal);
    for (const [index, project] of listed.entries()) {
      after = project.id;
      const matches = q === null || project.path_with_namespace.toLowerCase().includes(q);
      if (matches) items.push(toItem(project));
      if (items.length === limit && index < listed.length - 1) return { items, nextCursor: String(after) };
    }
    if (listed.length < PER_PAGE) return { items, nextCursor: null };
  }
  return { items, nextCursor: String(after) };
}

// https://docs.gitlab.com/api/projects/#list-all-projects
async function pageAfter(
  client: GitLabClient,
  after: number,
  q: string | null,
  signal: AbortSignal,
): Promise<readonly MemberProject[]> {
  const { projects } = await client.read(signal);
  const listed = (await projects.all({
    ...{ membership: true, orderBy: 'id', sort: 'asc', pagination: 'keyset', perPage: PER_PAGE, maxPages: 1 },
    ...(after > 0 ? { idAfter: after } : {}),
    ...(q !== null && q.length >= SHORTEST_SEARCH ? { search: q, searchNamespaces: true } : {}),
  })) as unknown;
  if (!Array.isArray(listed) || !listed.every(isProject)) throw unreadable('GET /projects');
  return listed;
}

function isProject(value: unknown): value is MemberProject {
  const { id, path, path_with_namespace: full, web_url } = (value ?? {}) as Partial<MemberProject>;
  return typeof id === 'number' && typeof path === 'string' && typeof full === 'string' && typeof web_url === 'string';
}

function read(cursor: string): number {
  if (/^[1-9]\d{0,14}$/.test(cursor)) return Number(cursor);
  throw foreignCursor();
}
