import type { DiscoveredRepository } from '@integrations/contracts';
import type { Discovery } from '@integrations/provider-kit';
import type { GitLabClient } from '../vendors/gitlab/client';
import { listMemberProjects, type MemberProject } from '../vendors/gitlab/member-projects';

/** The projects of which the token's user is a member. */
export function gitlabDiscovery(client: GitLabClient): Discovery {
  return { repositories: async (query, signal) => listMemberProjects(client, query, toDiscovered, signal) };
}

function toDiscovered(project: MemberProject): DiscoveredRepository {
  const { id, path: name, path_with_namespace: full, web_url: url, default_branch, visibility, archived } = project;
  return {
    id: String(id),
    owner: full.slice(0, -name.length - 1),
    name,
    url,
    defaultBranch: default_branch ?? null,
    visibility: visibility === 'public' || visibility === 'internal' || visibility === 'private' ? visibility : null,
    archived: archived ?? false,
  };
}
