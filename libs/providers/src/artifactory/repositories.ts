import type { DiscoveredRepository, Page } from '@integrations/contracts';
import {
  type ApiAnswer,
  discoveredRepository,
  type DiscoveryQuery,
  foreignCursor,
  hasCode,
  hasStatus,
  nextQuery,
  type Opening,
  pageOfOpen,
  ProviderError,
  type UpstreamPage,
} from '@integrations/provider-kit';
import type { ArtifactoryClient } from './client';
import type { ArtifactoryConfig } from './config';

/** What holds images in Artifactory. Its type is a part of where it is, too. */
interface Registry {
  readonly key: string;
  readonly type: 'docker' | 'oci';
}

/** Of a list, where it goes on: in a repository, at a page of its catalog. */
const POSITION = /^key=([A-Za-z0-9][A-Za-z0-9._-]{0,63})&(.{1,2000})$/s;
const FIRST_PAGE = 'n=100';
const NONE: ApiAnswer = { data: { repositories: [] }, headers: {} };

/**
 * Images by the catalogs of Docker and OCI repositories, one after the other; `key/` comes before their names. One whose
 * catalog is closed to the credential has none. Throws the refusal where all are, or where it is that of `repository`.
 */
export async function listRepositories(
  client: ArtifactoryClient,
  { addressing, repository }: ArtifactoryConfig,
  query: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredRepository>> {
  const { endpoint, registry } = client;
  if (addressing === 'host') return registry.listRepositories(query, signal);
  const registries = await registriesOf(client, repository, signal);
  const asked: Opening = (list) => list;
  const pages = (opened: Opening) => (position: string) =>
    pageAt(client, registries, position, repository === undefined ? opened : asked, signal);
  const { items, nextCursor } = await pageOfOpen(pages, query, (name) => name, isClosed);
  return { items: items.map((name) => discoveredRepository(endpoint, name)), nextCursor };
}

/** In the order of their keys. */
async function registriesOf(
  client: Pick<ArtifactoryClient, 'ask'>,
  only: string | undefined,
  signal: AbortSignal,
): Promise<Registry[]> {
  const oci = await keysOf(client, 'oci', signal).catch((error: unknown): string[] => {
    // Who may not ask what there is may still read the one that is named.
    if (isOfUnknownType(error) || (only !== undefined && isClosed(error))) return [];
    throw error;
  });
  if (only !== undefined) return [{ key: only, type: oci.includes(only) ? 'oci' : 'docker' }];
  const docker = await keysOf(client, 'docker', signal);
  const all: Registry[] = [...docker.map(ofType('docker')), ...oci.map(ofType('oci'))];
  return all.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function ofType(type: Registry['type']): (key: string) => Registry {
  return (key) => ({ key, type });
}

// https://jfrog.com/help/r/jfrog-rest-apis/get-repositories
async function keysOf(
  { ask }: Pick<ArtifactoryClient, 'ask'>,
  type: Registry['type'],
  signal: AbortSignal,
): Promise<string[]> {
  const { data } = await ask(`/repositories?packageType=${type}`, signal);
  if (!Array.isArray(data)) throw new ProviderError('provider_unavailable', 'Artifactory lists no repositories');
  return data.flatMap((value) => {
    const { key, packageType } = (value ?? {}) as Record<string, unknown>;
    return typeof key === 'string' && String(packageType).toLowerCase() === type ? [key] : [];
  });
}

/** Artifactory knows OCI repositories since 7.75. */
function isOfUnknownType(error: unknown): boolean {
  return hasStatus(error, 400);
}

function isClosed(error: unknown): error is ProviderError {
  return hasCode(error, 'permission_missing', 'not_found_or_no_access');
}

async function pageAt(
  { api, ask }: Pick<ArtifactoryClient, 'api' | 'ask'>,
  registries: readonly Registry[],
  position: string,
  opened: Opening,
  signal: AbortSignal,
): Promise<UpstreamPage<string>> {
  const { key, query } = position.startsWith('n=') ? { key: registries[0]?.key, query: FIRST_PAGE } : read(position);
  if (key === undefined) return { items: [], next: null };
  const found = registries.find((one) => one.key === key);
  // One that is gone since is passed over.
  if (!found) return { items: [], next: following(registries, key) };
  const path = `/${found.type}/${key}/v2/_catalog?${query}`;
  const { data, headers } = (await opened(ask(path, signal))) ?? NONE;
  const { repositories } = (data ?? {}) as { readonly repositories?: unknown };
  if (!Array.isArray(repositories))
    throw new ProviderError('provider_unavailable', 'Artifactory has no catalog to read');
  const items = repositories.filter((name) => typeof name === 'string').map((name) => `${key}/${name}`);
  const next = nextQuery(headers['link'], new URL(`${api.base}${path}`), api.product);
  return { items, next: next === null ? following(registries, key) : `key=${key}&${next}` };
}

function following(registries: readonly Registry[], key: string): string | null {
  const next = registries.find((other) => other.key > key);
  return next === undefined ? null : `key=${next.key}&${FIRST_PAGE}`;
}

function read(position: string): { readonly key: string; readonly query: string } {
  const [, key, query] = POSITION.exec(position) ?? [];
  if (key === undefined || query === undefined) {
    throw foreignCursor();
  }
  return { key, query };
}
