import type { DiscoveredRepository, Page } from '@integrations/contracts';
import {
  discoveredRepository,
  type DiscoveryQuery,
  hasStatus,
  nextQuery,
  pageOf,
  ProviderError,
  type UpstreamPage,
} from '@integrations/provider-kit';
import type { GhcrClient } from './client';

/** The fields we use of a package. */
interface Package {
  readonly id: number;
  readonly name: string;
  readonly visibility?: string;
  readonly html_url?: string;
}

type Client = Pick<GhcrClient, 'api' | 'ask'>;

const PER_PAGE = 100;
const VISIBILITIES = ['public', 'internal', 'private'] as const;

/** The images of an organization or user, from GitHub's API: the registry itself has no catalog. */
export async function listPackages(
  client: Client,
  { endpoint, owner }: { readonly endpoint: string; readonly owner: string },
  query: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredRepository>> {
  const { items, nextCursor } = await pageOf(
    (page) => pageOfPackages(client, owner, page, signal),
    query,
    ({ name }) => `${owner}/${name}`,
  );
  return { items: items.map((item) => repositoryOf(item, endpoint, owner)), nextCursor };
}

// https://docs.github.com/en/rest/packages/packages#list-packages-for-an-organization
async function pageOfPackages(
  client: Client,
  owner: string,
  page: string,
  signal: AbortSignal,
): Promise<UpstreamPage<Package>> {
  const query = page.startsWith('n=') ? `package_type=container&per_page=${PER_PAGE}` : page;
  const ask = (kind: 'orgs' | 'users') => client.ask(`/${kind}/${owner}/packages?${query}`, signal);
  // An owner is an organization or a user, and only GitHub knows which.
  const { data, headers } = await ask('orgs').catch((error: unknown) => {
    if (hasStatus(error, 404)) return ask('users');
    throw error;
  });
  if (!Array.isArray(data))
    throw new ProviderError('provider_unavailable', "GitHub's answer is not a list of packages");
  const asked = new URL(`${client.api.base}/packages?${query}`);
  return { items: data.filter(isPackage), next: nextQuery(headers['link'], asked, client.api.product) };
}

function isPackage(value: unknown): value is Package {
  const { id, name } = (value ?? {}) as Partial<Package>;
  return typeof id === 'number' && typeof name === 'string';
}

function repositoryOf({ id, name, visibility, html_url }: Package, endpoint: string, owner: string) {
  return discoveredRepository(endpoint, `${owner.toLowerCase()}/${name}`, {
    id: String(id),
    ...(html_url === undefined ? {} : { url: html_url }),
    visibility: VISIBILITIES.find((known) => known === visibility) ?? null,
  });
}
