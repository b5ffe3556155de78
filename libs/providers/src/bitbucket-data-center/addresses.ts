import { servedPlaces } from '@integrations/provider-kit';

/** A repository as requests name it: `owner` is the key of a project, or `~user` for a personal repository. */
export interface RepositoryName {
  readonly owner: string;
  readonly repository: string;
}

/** The base URL of an instance, context path included. The endpoint may include the path of its API. */
export function baseOf(endpoint: string): string {
  return endpoint.replace(/\/+$/, '').replace(/\/rest(\/api\/[\w.]+)?$/, '');
}

/** The hosts and paths under which `git clone` and browsers find the endpoint's repositories. */
export function webHosts(endpoint: string): readonly string[] {
  return servedPlaces(baseOf(endpoint));
}

/** A repository's path, relative to any of the APIs. */
export function pathOf({ owner, repository }: RepositoryName): string {
  return `/projects/${encodeURIComponent(owner)}/repos/${encodeURIComponent(repository)}`;
}

/** The URL of a repository's web page. */
export function webUrlOf(base: string, name: RepositoryName): string {
  const { owner, repository } = name;
  if (!owner.startsWith('~')) return `${base}${pathOf(name)}`;
  return `${base}/users/${encodeURIComponent(owner.slice(1))}/repos/${encodeURIComponent(repository)}`;
}
