/** The fields we use of the repository that a pipeline builds. */
export interface BuiltRepository {
  readonly name?: string;
  /** `TfsGit` of those of Azure DevOps. */
  readonly type?: string;
  readonly url?: string;
}

/** As `owner/name`; null of one that has no such name. The pipeline is one of `project`. */
export function repositoryName(
  { name, type, url = '' }: BuiltRepository = {},
  project: string,
  organization: string,
): string | null {
  if (name === undefined) return null;
  if (type === 'TfsGit') return `${projectIn(url, organization, name) ?? project}/${name}`;
  // Those of GitHub and its like have their owner in their name.
  return /^[^/]+\/[^/]+$/.test(name) ? name : null;
}

/** Only the URL tells a repository of another project: `…/acme/Shop/_git/app`, or `…/acme/_git/Shop` of one named like its project. */
function projectIn(url: string, organization: string, name: string): string | null {
  const [base, here] = [URL.parse(organization), URL.parse(url)];
  if (!base || !here || here.host !== base.host) return null;
  const within = `${base.pathname.replace(/\/$/, '')}/`;
  if (!here.pathname.toLowerCase().startsWith(within.toLowerCase())) return null;
  const [project, git] = here.pathname.slice(within.length).split('/');
  if (project === '_git') return name;
  return git === '_git' && project !== undefined ? decoded(project) : null;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
