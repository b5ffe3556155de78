/** A repository as requests name it; `owner` is the short name of its workspace. */
export interface RepositoryName {
  readonly owner: string;
  readonly repository: string;
}

const API_HOST = 'api.bitbucket.org';
const WEB = 'https://bitbucket.org';

/** The API, `/2.0` included, with which the endpoint may be written or without. */
export function apiOf(endpoint: string): string {
  return `${endpoint.replace(/\/+$/, '').replace(/\/2\.0$/, '')}/2.0`;
}

/** The pages for people, where tokens are given out as well. Whatever stands in for the API stands in for them. */
export function webOf(endpoint: string): string {
  const { hostname, origin } = new URL(endpoint);
  return hostname === API_HOST ? WEB : origin;
}

/** Where repositories live that an endpoint knows, as `git clone` and browsers name them. */
export function webHosts(endpoint: string): readonly string[] {
  const web = webOf(endpoint);
  // For networks that let only port 443 out.
  return web === WEB ? ['bitbucket.org', 'ssh://altssh.bitbucket.org'] : [new URL(web).host];
}

/** Where the API can be whose repositories live at a host. */
export function apiHosts(host: string): readonly string[] {
  return host.endsWith('bitbucket.org') ? [host, API_HOST] : [host];
}

/** https://developer.atlassian.com/cloud/bitbucket/oauth-2/ */
export function tokenUrlOf(endpoint: string): string {
  return `${webOf(endpoint)}/site/oauth2/access_token`;
}

export function repositoryPath({ owner, repository }: RepositoryName): string {
  return `/repositories/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}`;
}

/** A repository's page for people. */
export function webUrlOf(web: string, { owner, repository }: RepositoryName): string {
  return `${web}/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}`;
}
