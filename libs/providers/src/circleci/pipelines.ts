import type { DiscoveredPipeline, Page } from '@integrations/contracts';
import { type DiscoveryQuery, pageOf, ProviderError } from '@integrations/provider-kit';
import { type CircleCiClient } from './client';

/** How slugs name the hosts of repositories. */
const SHORT: Readonly<Record<string, string>> = { github: 'gh', bitbucket: 'bb' };
/** Of a project that was made through an app, or at GitLab: the ids of the organization and of itself. */
const BY_ID = /^\/\/circleci\.com\/([\w-]{1,100})\/([\w-]{1,100})$/;

/**
 * The projects that the token's owner follows: what can be triggered is a project. API v2 has no list of them, so it is that of
 * v1.1, which comes whole.
 */
export function listPipelines(
  client: CircleCiClient,
  query: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredPipeline>> {
  const fetch = async () => ({ items: await followedProjects(client, signal), next: null });
  return pageOf(fetch, query, ({ name }) => name);
}

/**
 * Without the builds of every branch there ever was, which CircleCI Server tells unless it is asked not to.
 * https://circleci.com/docs/api/v1/#get-all-followed-projects,
 * https://circleci.com/changelog/deprecation-of-branches-data-in-the-v1-and-v1-1-project-and-settings-apis/
 */
export async function followedProjects(client: CircleCiClient, signal: AbortSignal): Promise<DiscoveredPipeline[]> {
  const { data } = await client.ask('/v1.1/projects?shallow=true', signal);
  if (!Array.isArray(data)) throw new ProviderError('provider_unavailable', 'CircleCI lists no projects');
  const projects = data.flatMap((project) => pipelineOf(client, (project ?? {}) as Record<string, unknown>));
  return projects.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function pipelineOf({ web }: CircleCiClient, project: Record<string, unknown>): DiscoveredPipeline[] {
  const { vcs_type: host, vcs_url: address, username: owner, reponame: name } = project;
  if (typeof name !== 'string') return [];
  const told = (slug: string, repository: string | null): DiscoveredPipeline[] => [
    { id: slug, name: repository ?? name, url: `${web}/pipelines/${slug}`, repository, enabled: true },
  ];
  const [, organizationId, projectId] = BY_ID.exec(String(address)) ?? [];
  if (projectId !== undefined) return told(`circleci/${organizationId}/${projectId}`, null);
  if (typeof host !== 'string' || typeof owner !== 'string') return [];
  return told(`${SHORT[host] ?? host}/${owner}/${name}`, `${owner}/${name}`);
}
