import type { ProbePermissions } from '@integrations/contracts';
import type { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { unreadable } from '../vendors/azure-devops/errors';

// https://learn.microsoft.com/azure/devops/organizations/security/namespace-reference#git-repositories
const GIT_REPOSITORIES = '2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87';
const BITS: Readonly<Record<string, number>> = {
  GenericRead: 2,
  GenericContribute: 4,
  PullRequestContribute: 16_384,
};
/** More would not fit in a URL that every server takes. */
const PROJECTS_ASKED = 20;

/** What annotating needs of an account in the repositories of a project, and what a test proves. */
export const REQUIRED_PERMISSIONS = Object.keys(BITS);

interface Project {
  readonly id: string;
  readonly name: string;
}

/** What an account may do, as far as the first projects tell. */
export interface Rights {
  readonly permissions: ProbePermissions;
  /** Of those that were asked about, how many lack a permission that others have. */
  readonly lacking: number;
  readonly asked: number;
}

/** Reads only. What the scopes of a token leave of the permissions, Azure DevOps does not tell. */
export async function readRights(client: AzureDevOpsClient, signal: AbortSignal): Promise<Rights> {
  const projects = await list<Project>(client, signal, '/_apis/projects', { $top: String(PROJECTS_ASKED) });
  const tokens = projects.map(({ id }) => `repoV2/${id}`);
  const granted: string[] = [];
  const lacks = new Set<number>();
  for (const name of tokens.length > 0 ? REQUIRED_PERMISSIONS : []) {
    const path = `/_apis/permissions/${GIT_REPOSITORIES}/${BITS[name]}`;
    const query = { tokens: tokens.join(','), alwaysAllowAdministrators: 'false' };
    const allowed = await list<boolean>(client, signal, path, query);
    if (allowed.some((one) => one)) granted.push(name);
    for (const [index, isAllowed] of allowed.entries()) if (!isAllowed) lacks.add(index);
  }
  const missing = REQUIRED_PERMISSIONS.filter((name) => !granted.includes(name));
  const required = REQUIRED_PERMISSIONS;
  return {
    permissions: { required, granted, missing, excess: [], how: 'introspection' },
    ...{ lacking: lacks.size, asked: projects.length },
  };
}

async function list<T>(
  client: AzureDevOpsClient,
  signal: AbortSignal,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<readonly T[]> {
  const { data } = await client.call({ method: 'GET', path, query }, signal);
  const { value } = data as { readonly value?: unknown };
  if (!Array.isArray(value)) throw unreadable(`GET ${path}`);
  return value as T[];
}
