/** A repository as requests name it. The endpoint holds the organization or collection. */
export interface RepositoryName {
  /** The project, in Azure DevOps' terms. */
  readonly owner: string;
  readonly repository: string;
}

/** The URL of the organization or collection. */
export function organizationOf(endpoint: string): string {
  return endpoint.replace(/\/+$/, '').replace(/\/_apis$/, '');
}

/** Hosts and paths under which `git clone` and browsers find repositories; an organization has two names. */
export function webHosts(endpoint: string): readonly string[] {
  const { host, pathname } = new URL(organizationOf(endpoint));
  const [organization] = host === 'dev.azure.com' ? pathname.split('/').slice(1) : hostedNameIn(host);
  if (!organization) return [`${host}${pathname.replace(/\/$/, '')}`];
  return [
    `dev.azure.com/${organization}`,
    `ssh.dev.azure.com/v3/${organization}`,
    `${organization}.visualstudio.com`,
    `vs-ssh.visualstudio.com/v3/${organization}`,
  ];
}

/** A repository's path in the API, relative to the organization. */
export function repositoryPath({ owner, repository }: RepositoryName): string {
  return `/${encodeURIComponent(owner)}/_apis/git/repositories/${encodeURIComponent(repository)}`;
}

/** The URL of a repository's web page. */
export function webUrlOf(organization: string, { owner, repository }: RepositoryName): string {
  return `${organization}/${encodeURIComponent(owner)}/_git/${encodeURIComponent(repository)}`;
}

function hostedNameIn(host: string): string[] {
  return host.endsWith('.visualstudio.com') ? [host.slice(0, -'.visualstudio.com'.length)] : [];
}
