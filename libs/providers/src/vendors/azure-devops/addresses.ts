/** A repository as requests name it. The organization or collection is in the endpoint. */
export interface RepositoryName {
  /** What Azure DevOps calls a project. */
  readonly owner: string;
  readonly repository: string;
}

/** Where an organization or collection is. */
export function organizationOf(endpoint: string): string {
  return endpoint.replace(/\/+$/, '').replace(/\/_apis$/, '');
}

/** Where repositories live that an endpoint knows, as `git clone` and browsers name them; an organization has two names. */
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

/** A repository in the API, from the organization on. */
export function repositoryPath({ owner, repository }: RepositoryName): string {
  return `/${encodeURIComponent(owner)}/_apis/git/repositories/${encodeURIComponent(repository)}`;
}

/** A repository's page for people. */
export function webUrlOf(organization: string, { owner, repository }: RepositoryName): string {
  return `${organization}/${encodeURIComponent(owner)}/_git/${encodeURIComponent(repository)}`;
}

function hostedNameIn(host: string): string[] {
  return host.endsWith('.visualstudio.com') ? [host.slice(0, -'.visualstudio.com'.length)] : [];
}
