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

/** The fields we use of a repository. */
interface Repository {
  readonly repositoryArn: string;
  /** `<registry>/<name>`, where public ones have the alias of their registry before their name. */
  readonly repositoryUri: string;
}

const MAX_RESULTS = 1_000;

/** What is in the registry: of the public one, what is ours. */
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
