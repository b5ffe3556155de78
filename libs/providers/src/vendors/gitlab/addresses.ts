import { servedPlaces } from '@integrations/provider-kit';

/** A project as requests name it; `owner` may be a group within groups. */
export interface ProjectName {
  readonly owner: string;
  readonly repository: string;
}

/** The base URL of an instance, path prefix included. The endpoint may include GitLab's `/api/v4`. */
export function instanceOf(endpoint: string): string {
  return endpoint.replace(/\/+$/, '').replace(/\/api\/v4$/, '');
}

/** The hosts and paths under which `git clone` and browsers find the endpoint's repositories. */
export function webHosts(endpoint: string): readonly string[] {
  const places = servedPlaces(instanceOf(endpoint));
  // The SSH address for networks that allow outgoing traffic on port 443 only.
  // https://docs.gitlab.com/user/gitlab_com/
  return places[0] === 'gitlab.com' ? [...places, 'ssh://altssh.gitlab.com'] : places;
}

/** The hosts at which the instance may be whose repositories are cloned from `host`. */
export function instanceHosts(host: string): readonly string[] {
  return [host === 'altssh.gitlab.com' ? 'gitlab.com' : host];
}

export function pathOf({ owner, repository }: ProjectName): string {
  return `${owner}/${repository}`;
}

/** The URL of a project's web page. */
export function webUrlOf(instance: string, project: ProjectName): string {
  return `${instance}/${pathOf(project).split('/').map(encodeURIComponent).join('/')}`;
}
