import type { DiscoveredRepository, Page } from '@integrations/contracts';
import {
  discoveredRepository,
  type DiscoveryQuery,
  hasCode,
  hasStatus,
  nextQuery,
  pageOf,
  ProviderError,
  type UpstreamPage,
} from '@integrations/provider-kit';
import { isPermissionLacked } from '../vendors/gitlab/errors';
import { type GitLabRegistryClient, isDeployToken } from './client';

/** Whose images to list, and the addresses of the registry and of GitLab. */
export interface Place {
  readonly endpoint: string;
  readonly gitlab: string;
  /** The path of a group or a project. */
  readonly path: string;
}

/** The fields we use of a repository. `path` is its full name; `name` is the part after the project. */
interface GitLabRepository {
  readonly id: number;
  readonly name: string;
  readonly path: string;
}

const PER_PAGE = 100;

/** The images of a group including its subgroups, or of a project. The registry itself offers no catalog. */
export async function listRepositories(
  client: GitLabRegistryClient,
  place: Place,
  query: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredRepository>> {
  if (isDeployToken(await client.credentials.get(signal))) {
    throw new ProviderError('permission_missing', 'GitLab lists no images for deploy tokens');
  }
  const fetch = (page: string) => pageOfGitLab(client, place, page, signal);
  const { items, nextCursor } = await pageOf(fetch, query, ({ path }) => path);
  return { items: items.map((item) => repositoryOf(item, place)), nextCursor };
}

// https://docs.gitlab.com/api/container_registry/#list-registry-repositories
async function pageOfGitLab(
  client: GitLabRegistryClient,
  { gitlab, path }: Place,
  page: string,
  signal: AbortSignal,
): Promise<UpstreamPage<GitLabRepository>> {
  const query = page.startsWith('n=') ? `per_page=${PER_PAGE}` : page;
  const ask = (kind: 'groups' | 'projects') =>
    client.ask(`/${kind}/${encodeURIComponent(path)}/registry/repositories?${query}`, signal);
  // A path is a group or a project, and only GitLab knows which. A fine-grained token gets 403 instead of 404 for a
  // project.
  const { data, headers } = await ask('groups')
    .catch(async (error: unknown) => {
      if (!hasStatus(error, 404) && !isPermissionLacked(error)) throw error;
      return ask('projects').catch((other: unknown) => {
        throw hasStatus(other, 404) ? error : other;
      });
    })
    .catch(asMissingScope);
  if (!Array.isArray(data)) throw new ProviderError('provider_unavailable', "GitLab's answer is not a list of images");
  const asked = new URL(`${gitlab}/api/v4/?${query}`);
  return { items: data.filter(isRepository), next: nextQuery(headers['link'], asked, 'GitLab') };
}

function asMissingScope(error: unknown): never {
  if (!hasCode(error, 'permission_missing')) throw error;
  const needed = isPermissionLacked(error) ? 'fine-grained permission Container Repository: Read' : 'scope read_api';
  const message = `GitLab lists images only for tokens with the ${needed} whose user is a Reporter there`;
  throw new ProviderError('permission_missing', message, { cause: error, httpStatus: 403 });
}

function isRepository(value: unknown): value is GitLabRepository {
  const { id, name, path } = (value ?? {}) as Partial<GitLabRepository>;
  return typeof id === 'number' && typeof name === 'string' && typeof path === 'string' && path !== '';
}

function repositoryOf({ id, name, path }: GitLabRepository, { endpoint, gitlab }: Place): DiscoveredRepository {
  // The image of the project itself has an empty name.
  const project = name !== '' && path.endsWith(`/${name}`) ? path.slice(0, -name.length - 1) : path;
  return discoveredRepository(endpoint, path, { id: String(id), url: `${gitlab}/${project}/container_registry/${id}` });
}
