import type { DiscoveredPipeline, Page } from '@integrations/contracts';
import { type DiscoveryQuery, pageOf, ProviderError } from '@integrations/provider-kit';
import { type CircleCiClient } from './client';

/** The names of repository hosts in slugs. */
const SHORT_HOSTS: Readonly<Record<string, string>> = { github: 'gh', bitbucket: 'bb' };
/** The URL of a project created through an app, or for GitLab: the ids of its organization and of the project. */
const BY_ID = /^\/\/circleci\.com\/([\w-]{1,100})\/([\w-]{1,100})$/;

/**
 * The projects that the token's owner follows; a project is what can be triggered at CircleCI. API v2 has no list of
 * them, so this reads the list of v1.1, which has no pages.
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
 * `shallow` leaves out the builds of every branch that ever existed, which CircleCI Server would otherwise include.
 * https://circleci.com/docs/api/v1/#get-all-followed-projects,
 * https://circleci.com/changelog/deprecation-of-branches-data-in-the-v1-and-v1-1-project-and-settings-apis/
 */
export async function followedProjects(client: CircleCiClient, signal: AbortSignal): Promise<DiscoveredPipeline[]> {
  const { data } = await client.ask('/v1.1/projects?shallow=true', signal);
  if (!Array.isArray(data))
    throw new ProviderError('provider_unavailable', "CircleCI's answer is not a list of projects");
  const projects = data.flatMap((project) => pipelineOf(client, (project ?? {}) as Record<string, unknown>));
  return projects.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function pipelineOf({ web }: CircleCiClient, project: Record<string, unknown>): DiscoveredPipeline[] {
  const { vcs_type: host, vcs_url: address, username: owner, reponame: name } = project;
  if (typeof name !== 'string') return [];
  const discovered = (slug: string, repository: string | null): DiscoveredPipeline[] => [
    { id: slug, name: repository ?? name, url: `${web}/pipelines/${slug}`, repository, enabled: true },
  ];
  const [, organizationId, projectId] = BY_ID.exec(String(address)) ?? [];
  if (projectId !== undefined) return discovered(`circleci/${organizationId}/${projectId}`, null);
  if (typeof host !== 'string' || typeof owner !== 'string') return [];
  return discovered(`${SHORT_HOSTS[host] ?? host}/${owner}/${name}`, `${owner}/${name}`);
}
