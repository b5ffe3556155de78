import type { DiscoveredRepository, Page } from '@integrations/contracts';
import { type Discovery, type DiscoveryQuery, foreignCursor } from '@integrations/provider-kit';
import { webUrlOf } from '../vendors/azure-devops/addresses';
import type { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { unreadable } from '../vendors/azure-devops/errors';

const PATH = '/_apis/git/repositories';

/** The fields we use of a repository. */
interface Repository {
  readonly id: string;
  readonly name: string;
  readonly project: { readonly name: string; readonly visibility?: string };
  /** Such as `refs/heads/main`; an empty repository has none. */
  readonly defaultBranch?: string;
  readonly isDisabled?: boolean;
}

/** The repositories of all projects that the account sees. Azure DevOps lists them at once; we page by id. */
export function azureDevOpsDiscovery(client: AzureDevOpsClient): Discovery {
  return { repositories: async (query, signal) => repositories(client, query, signal) };
}

async function repositories(
  client: AzureDevOpsClient,
  { limit, cursor, q }: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredRepository>> {
  const after = cursor === null ? '' : read(cursor);
  const { data } = await client.call({ method: 'GET', path: PATH }, signal);
  const { value } = data as { readonly value?: unknown };
  if (!Array.isArray(value) || !value.every(isRepository)) throw unreadable(`GET ${PATH}`);
  const found = (value as readonly Repository[])
    .filter(
      ({ id, name, project }) => id > after && (q === null || `${project.name}/${name}`.toLowerCase().includes(q)),
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const items = found.slice(0, limit).map((one) => toDiscovered(client, one));
  return { items, nextCursor: found.length > limit ? items.at(-1)!.id : null };
}

function isRepository(value: unknown): value is Repository {
  const { id, name, project } = (value ?? {}) as Partial<Repository>;
  return typeof id === 'string' && typeof name === 'string' && typeof project?.name === 'string';
}

function toDiscovered(
  { organization }: AzureDevOpsClient,
  { id, name, project: { name: owner, visibility }, defaultBranch, isDisabled }: Repository,
): DiscoveredRepository {
  return {
    ...{ id, owner, name },
    url: webUrlOf(organization, { owner, repository: name }),
    defaultBranch: defaultBranch?.replace(/^refs\/heads\//, '') ?? null,
    visibility: visibility === 'public' || visibility === 'private' ? visibility : null,
    archived: isDisabled ?? false,
  };
}

function read(cursor: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(cursor)) return cursor;
  throw foreignCursor();
}
