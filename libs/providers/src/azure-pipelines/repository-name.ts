import { percentDecoded } from '@integrations/provider-kit';

/** The fields we use of the repository that a pipeline builds. */
export interface BuiltRepository {
  readonly name?: string;
  /** `TfsGit` for a repository of Azure DevOps. */
  readonly type?: string;
  readonly url?: string;
}

/** As `owner/name`; null if the repository has no such name. `project` is the pipeline's project. */
export function repositoryName(
  { name, type, url = '' }: BuiltRepository = {},
  project: string,
  organization: string,
): string | null {
  if (name === undefined) return null;
  if (type === 'TfsGit') return `${projectIn(url, organization, name) ?? project}/${name}`;
  // The names of repositories at GitHub and similar vendors include the owner.
  return /^[^/]+\/[^/]+$/.test(name) ? name : null;
}

/**
 * The repository may be in another project, which only its URL shows: `…/acme/Shop/_git/app`, or `…/acme/_git/Shop` for
 * a repository with the name of its project.
 */
function projectIn(url: string, organization: string, name: string): string | null {
  const [base, here] = [URL.parse(organization), URL.parse(url)];
  if (!base || !here || here.host !== base.host) return null;
  const within = `${base.pathname.replace(/\/$/, '')}/`;
  if (!here.pathname.toLowerCase().startsWith(within.toLowerCase())) return null;
  const [project, git] = here.pathname.slice(within.length).split('/');
  if (project === '_git') return name;
  return git === '_git' && project !== undefined ? percentDecoded(project) : null;
}
