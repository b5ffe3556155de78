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

/** A repository of Artifactory, which holds images. Its type is part of its URL. */
interface Registry {
  readonly key: string;
  readonly type: 'docker' | 'oci';
}

/** Where a list continues: a repository, and a page of its catalog. */
const POSITION = /^key=([A-Za-z0-9][A-Za-z0-9._-]{0,63})&(.{1,2000})$/s;
const FIRST_PAGE = 'n=100';
const NONE: ApiAnswer = { data: { repositories: [] }, headers: {} };

/**
 * Lists images by reading the catalogs of the Docker and OCI repositories one after the other, and prefixes their names
 * with `key/`. Skips catalogs that the credential may not read. Throws the refusal if it may read none, or if
 * `repository` names the refused one.
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
  const passThrough: Opening = (list) => list;
  const pages = (opened: Opening) => (position: string) =>
    pageAt(client, registries, position, repository === undefined ? opened : passThrough, signal);
  const { items, nextCursor } = await pageOfOpen(pages, query, (name) => name, isClosed);
  return { items: items.map((name) => discoveredRepository(endpoint, name)), nextCursor };
}

/** The repositories, sorted by key. */
async function registriesOf(
  client: Pick<ArtifactoryClient, 'ask'>,
  only: string | undefined,
  signal: AbortSignal,
): Promise<Registry[]> {
  const oci = await keysOf(client, 'oci', signal).catch((error: unknown): string[] => {
    // A credential that may not list repositories may still read the named one.
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
  if (!Array.isArray(data))
    throw new ProviderError('provider_unavailable', "Artifactory's answer is not a list of repositories");
  return data.flatMap((value) => {
    const { key, packageType } = (value ?? {}) as Record<string, unknown>;
    return typeof key === 'string' && String(packageType).toLowerCase() === type ? [key] : [];
  });
}

/** Artifactory before 7.75 answers 400, because it has no OCI repositories. */
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
  const { key, query } = position.startsWith('n=')
    ? { key: registries[0]?.key, query: FIRST_PAGE }
    : decodePosition(position);
  if (key === undefined) return { items: [], next: null };
  const found = registries.find((one) => one.key === key);
  // The repository has been deleted since the previous page: skip it.
  if (!found) return { items: [], next: following(registries, key) };
  const path = `/${found.type}/${key}/v2/_catalog?${query}`;
  const { data, headers } = (await opened(ask(path, signal))) ?? NONE;
  const { repositories } = (data ?? {}) as { readonly repositories?: unknown };
  if (!Array.isArray(repositories))
    throw new ProviderError('provider_unavailable', "Artifactory's catalog cannot be read");
  const items = repositories.filter((name) => typeof name === 'string').map((name) => `${key}/${name}`);
  const next = nextQuery(headers['link'], new URL(`${api.base}${path}`), api.product);
  return { items, next: next === null ? following(registries, key) : `key=${key}&${next}` };
}

function following(registries: readonly Registry[], key: string): string | null {
  const next = registries.find((other) => other.key > key);
  return next === undefined ? null : `key=${next.key}&${FIRST_PAGE}`;
}

function decodePosition(position: string): { readonly key: string; readonly query: string } {
  const [, key, query] = POSITION.exec(position) ?? [];
  if (key === undefined || query === undefined) {
    throw foreignCursor();
  }
  return { key, query };
}
