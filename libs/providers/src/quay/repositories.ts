import type { DiscoveredRepository, Page } from '@integrations/contracts';
import {
  discoveredRepository,
  type DiscoveryQuery,
  jsonObject,
  nextQuery,
  pageOf,
  ProviderError,
  type UpstreamPage,
} from '@integrations/provider-kit';
import { isOAuth, type QuayClient } from './client';

interface Repository {
  /** With the namespace: `acme/app`. */
  readonly name: string;
  readonly visibility: 'public' | 'private' | null;
}

/** Lists one namespace by Quay's API if the credential is an OAuth access token, or else reads the catalog. */
export async function listRepositories(
  client: QuayClient,
  namespace: string | undefined,
  query: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredRepository>> {
  const hasApi = namespace !== undefined && isOAuth(await client.credential(signal));
  const fetch = (page: string) =>
    hasApi ? pageOfNamespace(client, namespace, page, signal) : pageOfCatalog(client, page, signal);
  const { items, nextCursor } = await pageOf(fetch, query, ({ name }) => name);
  return { items: items.map((item) => discovered(item, client.endpoint)), nextCursor };
}

// https://docs.projectquay.io/api_quay.html
async function pageOfNamespace(
  { ask }: Pick<QuayClient, 'ask'>,
  namespace: string,
  page: string,
  signal: AbortSignal,
): Promise<UpstreamPage<Repository>> {
  const query = new URLSearchParams({
    namespace,
    public: 'true',
    ...(page.startsWith('n=') ? {} : { next_page: page }),
  });
  const { data } = await ask(`/repository?${query.toString()}`, signal);
  const { repositories, next_page } = (data ?? {}) as Record<string, unknown>;
  if (!Array.isArray(repositories))
    throw new ProviderError('provider_unavailable', "Quay's answer is not a list of repositories");
  const items = repositories.flatMap((value) => {
    const { name, is_public } = (value ?? {}) as Record<string, unknown>;
    if (typeof name !== 'string') return [];
    return [
      { name: `${namespace}/${name}`, visibility: is_public === true ? ('public' as const) : ('private' as const) },
    ];
  });
  return { items, next: typeof next_page === 'string' && next_page !== '' ? next_page : null };
}

/** Requests a token without scopes, because Quay's token server cannot parse the usual scope of a catalog. */
async function pageOfCatalog(
  { endpoint, registry }: QuayClient,
  page: string,
  signal: AbortSignal,
): Promise<UpstreamPage<Repository>> {
  const path = `/v2/_catalog?${page}`;
  const response = await registry.send({ method: 'GET', path, scopes: [] }, signal);
  const names = namesIn(response.text());
  const next = nextQuery(response.headers['link'], new URL(`${endpoint}${path}`), 'Quay');
  return { items: names.map((name) => ({ name, visibility: null })), next };
}

function namesIn(text: string): string[] {
  const names = jsonObject(text)?.['repositories'];
  if (!Array.isArray(names)) throw new ProviderError('provider_unavailable', "Quay's catalog cannot be read");
  return names.filter((name) => typeof name === 'string');
}

function discovered({ name, visibility }: Repository, endpoint: string): DiscoveredRepository {
  return discoveredRepository(endpoint, name, { url: `${endpoint}/repository/${name}`, visibility });
}
