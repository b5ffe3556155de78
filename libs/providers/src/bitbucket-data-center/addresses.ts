import { servedPlaces } from '@integrations/provider-kit';

/** A repository as requests name it: `owner` is the key of a project, or `~user` for a person's own. */
export interface RepositoryName {
  readonly owner: string;
  readonly repository: string;
}

/** Where an instance is, context path included: the endpoint may be written with or without the path of its API. */
export function baseOf(endpoint: string): string {
  return endpoint.replace(/\/+$/, '').replace(/\/rest(\/api\/[\w.]+)?$/, '');
}

/** Where repositories live that an endpoint knows, as `git clone` and browsers name them. */
export function webHosts(endpoint: string): readonly string[] {
  return servedPlaces(baseOf(endpoint));
}

/** Below any of the APIs. */
export function pathOf({ owner, repository }: RepositoryName): string {
  return `/projects/${encodeURIComponent(owner)}/repos/${encodeURIComponent(repository)}`;
}

/** A repository's page for people. */
export function webUrlOf(base: string, name: RepositoryName): string {
  const { owner, repository } = name;
  if (!owner.startsWith('~')) return `${base}${pathOf(name)}`;
  return `${base}/users/${encodeURIComponent(owner.slice(1))}/repos/${encodeURIComponent(repository)}`;
}
