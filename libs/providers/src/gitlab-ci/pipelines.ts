import type { DiscoveredPipeline, Page } from '@integrations/contracts';
import type { DiscoveryQuery } from '@integrations/provider-kit';
import type { GitLabClient } from '../vendors/gitlab/client';
import { listMemberProjects, type MemberProject } from '../vendors/gitlab/member-projects';

/**
 * The CI/CD of each project of which the token's user is a member. A project has one CI/CD configuration, which is our
 * pipeline. What GitLab calls a pipeline is a run of it.
 */
export function listPipelines(
  client: GitLabClient,
  query: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredPipeline>> {
  return listMemberProjects(client, query, toPipeline, signal);
}

function toPipeline({ id, path_with_namespace: path, web_url, archived, ...project }: MemberProject) {
  const isOn = project.builds_access_level
    ? project.builds_access_level !== 'disabled'
    : project.jobs_enabled !== false;
  return {
    ...{ id: String(id), name: path, repository: path },
    url: `${web_url}/-/pipelines`,
    enabled: isOn && archived !== true,
  };
}
