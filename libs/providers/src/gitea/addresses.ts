import { servedPlaces } from '@integrations/provider-kit';

/** A repository as requests name it. */
export interface RepositoryName {
  readonly owner: string;
  readonly repository: string;
}

/** The base URL of an instance, path prefix included. The endpoint may include Gitea's `/api/v1`. */
export function instanceOf(endpoint: string): string {
  return endpoint.replace(/\/+$/, '').replace(/\/api\/v1$/, '');
}

/** The hosts and paths under which `git clone` and browsers find the endpoint's repositories. */
export function webHosts(endpoint: string): readonly string[] {
  return servedPlaces(instanceOf(endpoint));
}

/** A repository's path in the API. */
export function pathOf({ owner, repository }: RepositoryName): string {
  return `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}`;
}

/** The URL of a repository's web page. */
export function webUrlOf(instance: string, { owner, repository }: RepositoryName): string {
  return `${instance}/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}`;
}
