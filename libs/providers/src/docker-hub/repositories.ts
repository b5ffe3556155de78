import type { DiscoveredRepository, Page } from '@integrations/contracts';
import {
  discoveredRepository,
  type DiscoveryQuery,
  nextQuery,
  pageOf,
  ProviderError,
  type UpstreamPage,
  visibilityOf,
} from '@integrations/provider-kit';
import type { HubApi } from './hub-api';

/** The fields of a repository that we use. */
interface HubRepository {
  readonly name: string;
  readonly is_private?: boolean;
}

const PER_PAGE = 100;

/** The repositories of a user or an organization, from the Hub's API: the registry itself offers no catalog. */
export async function listRepositories(
  hub: HubApi,
  { endpoint, namespace }: { readonly endpoint: string; readonly namespace: string },
  query: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredRepository>> {
  const nameOf = ({ name }: HubRepository) => `${namespace}/${name}`;
  const { items, nextCursor } = await pageOf((page) => pageOfHub(hub, namespace, page, signal), query, nameOf);
  const repositories = items.map((item) =>
    discoveredRepository(endpoint, nameOf(item), {
      url: `${hub.base}/${namespace === 'library' ? '_' : `r/${namespace}`}/${item.name}`,
      visibility: visibilityOf(item.is_private),
    }),
  );
  return { items: repositories, nextCursor };
}

// https://docs.docker.com/reference/api/hub/latest/operations/listNamespaceRepositories/
async function pageOfHub(
  hub: HubApi,
  namespace: string,
  page: string,
  signal: AbortSignal,
): Promise<UpstreamPage<HubRepository>> {
  const path = `/v2/namespaces/${namespace}/repositories?${page.startsWith('n=') ? `page_size=${PER_PAGE}` : page}`;
  const { data } = await hub.ask(path, signal);
  const { results, next } = (data ?? {}) as { readonly results?: unknown; readonly next?: unknown };
  if (!Array.isArray(results))
    throw new ProviderError('provider_unavailable', "Docker Hub's answer is not a list of repositories");
  // `next` is the full URL of the next page.
  const link = typeof next === 'string' ? `<${next}>; rel="next"` : undefined;
  return { items: results.filter(isRepository), next: nextQuery(link, new URL(`${hub.base}${path}`), 'Docker Hub') };
}

function isRepository(value: unknown): value is HubRepository {
  const { name } = (value ?? {}) as Partial<HubRepository>;
  return typeof name === 'string' && /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/.test(name);
}
