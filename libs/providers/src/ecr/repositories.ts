import type { DiscoveredRepository, Page } from '@integrations/contracts';
import {
  discoveredRepository,
  type DiscoveryQuery,
  foreignCursor,
  pageOf,
  type UpstreamPage,
} from '@integrations/provider-kit';
import type { EcrClient } from './client';
import { unreadable } from './ecr-api';

/** The fields of a repository that we use. */
interface Repository {
  readonly repositoryArn: string;
  /** `<registry>/<name>`. The name of a public repository begins with the alias of its registry. */
  readonly repositoryUri: string;
}

const MAX_RESULTS = 1_000;

/** The repositories of the registry; at the public registry, only those of our account. */
export async function listRepositories(
  client: Pick<EcrClient, 'api' | 'places'>,
  endpoint: string,
  query: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredRepository>> {
  const { items, nextCursor } = await pageOf((page) => pageOfRepositories(client, page, signal), query, nameOf);
  const visibility = client.places.isPublic ? 'public' : 'private';
  return {
    items: items.map((item) => discoveredRepository(endpoint, nameOf(item), { id: item.repositoryArn, visibility })),
    nextCursor,
  };
}

// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html
async function pageOfRepositories(
  { api, places }: Pick<EcrClient, 'api' | 'places'>,
  page: string,
  signal: AbortSignal,
): Promise<UpstreamPage<Repository>> {
  const query = new URLSearchParams(page);
  const asked = Number(query.get('n'));
  if (!Number.isInteger(asked) || asked < 1) throw foreignCursor();
  const token = query.get('nextToken');
  const input = {
    maxResults: Math.min(asked, MAX_RESULTS),
    ...(places.account === null ? {} : { registryId: places.account }),
    ...(token === null ? {} : { nextToken: token }),
  };
  const { repositories, nextToken } = await api.ask('DescribeRepositories', input, signal);
  if (!Array.isArray(repositories)) throw unreadable('DescribeRepositories');
  const next = typeof nextToken === 'string' ? new URLSearchParams({ n: String(asked), nextToken }).toString() : null;
  return { items: repositories.filter(isRepository), next };
}

function isRepository(value: unknown): value is Repository {
  const { repositoryArn, repositoryUri } = (value ?? {}) as Partial<Repository>;
  return typeof repositoryArn === 'string' && typeof repositoryUri === 'string' && repositoryUri.includes('/');
}

function nameOf({ repositoryUri }: Repository): string {
  return repositoryUri.slice(repositoryUri.indexOf('/') + 1);
}
