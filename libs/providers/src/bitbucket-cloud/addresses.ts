/** A repository as requests name it; `owner` is the slug of its workspace. */
export interface RepositoryName {
  readonly owner: string;
  readonly repository: string;
}

const API_HOST = 'api.bitbucket.org';
const WEB = 'https://bitbucket.org';

/** The base URL of the API, including `/2.0`, which the endpoint may omit. */
export function apiOf(endpoint: string): string {
  return `${endpoint.replace(/\/+$/, '').replace(/\/2\.0$/, '')}/2.0`;
}

/** The base URL of the web pages, which also issue OAuth tokens. For any other API than Bitbucket's, its own origin. */
export function webOf(endpoint: string): string {
  const { hostname, origin } = new URL(endpoint);
  return hostname === API_HOST ? WEB : origin;
}

/** The hosts and paths under which `git clone` and browsers find the endpoint's repositories. */
export function webHosts(endpoint: string): readonly string[] {
  const web = webOf(endpoint);
  // The second one is for networks that allow outgoing traffic on port 443 only.
  return web === WEB ? ['bitbucket.org', 'ssh://altssh.bitbucket.org'] : [new URL(web).host];
}

/** The hosts at which the API may be whose repositories are at `host`. */
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

/** The URL of a repository's web page. */
export function webUrlOf(web: string, { owner, repository }: RepositoryName): string {
  return `${web}/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}`;
}
