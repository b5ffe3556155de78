import type { DiscoveredRepository, Page } from '@integrations/contracts';
import {
  discoveredRepository,
  type DiscoveryQuery,
  nextQuery,
  pageOf,
  ProviderError,
  type UpstreamPage,
} from '@integrations/provider-kit';
import type { ArtifactoryClient } from './client';
import type { ArtifactoryConfig } from './config';

/** Of a list, where it goes on: in a Docker repository, at a page of its catalog. */
const POSITION = /^key=([A-Za-z0-9][A-Za-z0-9._-]{0,63})&(.{1,2000})$/s;
const FIRST_PAGE = 'n=100';

/** Images by the catalogs of Docker repositories, one after the other; `key/` comes before their names. */
export async function listRepositories(
  client: ArtifactoryClient,
  { addressing, repository }: ArtifactoryConfig,
  query: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredRepository>> {
  const { endpoint, registry } = client;
  if (addressing === 'host') return registry.listRepositories(query, signal);
  const fetch = async (position: string) => {
    const keys = repository === undefined ? await listKeys(client, signal) : [repository];
    return pageAt(client, keys, position, signal);
  };
  const { items, nextCursor } = await pageOf(fetch, query, (name) => name);
  return { items: items.map((name) => discoveredRepository(endpoint, name)), nextCursor };
}

// https://jfrog.com/help/r/jfrog-rest-apis/get-repositories
async function listKeys({ ask }: Pick<ArtifactoryClient, 'ask'>, signal: AbortSignal): Promise<string[]> {
  const { data } = await ask('/repositories?packageType=docker', signal);
  if (!Array.isArray(data)) throw new ProviderError('provider_unavailable', 'Artifactory lists no repositories');
  const keys = data.map((value) => ((value ?? {}) as { readonly key?: unknown }).key);
  return keys.filter((key) => typeof key === 'string').sort();
}

async function pageAt(
  { api, ask }: Pick<ArtifactoryClient, 'api' | 'ask'>,
  keys: readonly string[],
  position: string,
  signal: AbortSignal,
): Promise<UpstreamPage<string>> {
  const { key, query } = position.startsWith('n=') ? { key: keys[0], query: FIRST_PAGE } : read(position);
  if (key === undefined) return { items: [], next: null };
  // One that is gone since is passed over.
  if (!keys.includes(key)) return { items: [], next: following(keys, key) };
  const path = `/docker/${key}/v2/_catalog?${query}`;
  const { data, headers } = await ask(path, signal);
  const { repositories } = (data ?? {}) as { readonly repositories?: unknown };
  if (!Array.isArray(repositories))
    throw new ProviderError('provider_unavailable', 'Artifactory has no catalog to read');
  const items = repositories.filter((name) => typeof name === 'string').map((name) => `${key}/${name}`);
  const next = nextQuery(headers['link'], new URL(`${api.base}${path}`), api.product);
  return { items, next: next === null ? following(keys, key) : `key=${key}&${next}` };
}

function following(keys: readonly string[], key: string): string | null {
  const next = keys.find((other) => other > key);
  return next === undefined ? null : `key=${next}&${FIRST_PAGE}`;
}

function read(position: string): { readonly key: string; readonly query: string } {
  const [, key, query] = POSITION.exec(position) ?? [];
  if (key === undefined || query === undefined) {
    throw new ProviderError('invalid_request', 'The cursor is not one of this list');
  }
  return { key, query };
}
