import { servedPlaces } from '@integrations/provider-kit';

/** A project as requests name it; `owner` may be a group within groups. */
export interface ProjectName {
  readonly owner: string;
  readonly repository: string;
}

/** Where an instance is, path prefix included: the endpoint may be written with or without GitLab's `/api/v4`. */
export function instanceOf(endpoint: string): string {
  return endpoint.replace(/\/+$/, '').replace(/\/api\/v4$/, '');
}

/** Where repositories live that an endpoint knows, as `git clone` and browsers name them. */
export function webHosts(endpoint: string): readonly string[] {
  const places = servedPlaces(instanceOf(endpoint));
  // For networks that let only port 443 out.
  // https://docs.gitlab.com/user/gitlab_com/
  return places[0] === 'gitlab.com' ? [...places, 'ssh://altssh.gitlab.com'] : places;
}

/** Where the instance can be whose repositories live at a host. */
export function instanceHosts(host: string): readonly string[] {
  return [host === 'altssh.gitlab.com' ? 'gitlab.com' : host];
}

export function pathOf({ owner, repository }: ProjectName): string {
  return `${owner}/${repository}`;
}

/** A project's page for people. */
export function webUrlOf(instance: string, project: ProjectName): string {
  return `${instance}/${pathOf(project).split('/').map(encodeURIComponent).join('/')}`;
}
