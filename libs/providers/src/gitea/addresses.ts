import { servedPlaces } from '@integrations/provider-kit';

/** A repository as requests name it. */
export interface RepositoryName {
  readonly owner: string;
  readonly repository: string;
}

/** Where an instance is, path prefix included: the endpoint may be written with or without Gitea's `/api/v1`. */
export function instanceOf(endpoint: string): string {
  return endpoint.replace(/\/+$/, '').replace(/\/api\/v1$/, '');
}

/** Where repositories live that an endpoint knows, as `git clone` and browsers name them. */
export function webHosts(endpoint: string): readonly string[] {
  return servedPlaces(instanceOf(endpoint));
}

/** As the API has it. */
export function pathOf({ owner, repository }: RepositoryName): string {
  return `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}`;
}

/** A repository's page for people. */
export function webUrlOf(instance: string, { owner, repository }: RepositoryName): string {
  return `${instance}/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}`;
}
