import type { ProbePermissions } from '@integrations/contracts';
import { comparePermissions } from '@integrations/provider-kit';
import type { AzureDevOpsClient } from './client';
import { unreadable } from './errors';
import { listProjects, type Project } from './projects';

/** More would make a URL that some servers reject as too long. */
const PROJECTS_CHECKED = 20;

/** The permissions that a provider needs in each project, within one security namespace. */
// https://learn.microsoft.com/azure/devops/organizations/security/namespace-reference
export interface WantedRights {
  readonly namespace: string;
  /** Permission bits by name. */
  readonly bits: Readonly<Record<string, number>>;
  /** The security token of a project in that namespace. */
  readonly tokenOf: (projectId: string) => string;
}

/** The account's permissions in the first projects that it sees. */
export interface Rights {
  readonly permissions: ProbePermissions;
  /** How many of the projects asked about lack at least one permission. */
  readonly lacking: number;
  readonly asked: number;
  /** The first project that lacks none. */
  readonly firstAllowed: Project | undefined;
}

/** Reads only. Azure DevOps does not say how the scopes of a token restrict these permissions. */
export async function readRights(
  client: AzureDevOpsClient,
  { namespace, bits, tokenOf }: WantedRights,
  signal: AbortSignal,
): Promise<Rights> {
  const projects = await listProjects(client, { top: PROJECTS_CHECKED }, signal);
  const tokens = projects.map(({ id }) => tokenOf(id)).join(',');
  const granted: string[] = [];
  const lacks = new Set<number>();
  for (const [name, bit] of projects.length > 0 ? Object.entries(bits) : []) {
    const allowed = await ask(client, `/_apis/permissions/${namespace}/${bit}`, tokens, signal);
    if (allowed.some((one) => one)) granted.push(name);
    for (const [index, isAllowed] of allowed.entries()) if (!isAllowed) lacks.add(index);
  }
  return {
    permissions: comparePermissions(Object.keys(bits), granted, 'introspection'),
    ...{ lacking: lacks.size, asked: projects.length },
    firstAllowed: projects.find((_, index) => !lacks.has(index)),
  };
}

async function ask(
  client: AzureDevOpsClient,
  path: string,
  tokens: string,
  signal: AbortSignal,
): Promise<readonly boolean[]> {
  const query = { tokens, alwaysAllowAdministrators: 'false' };
  const { data } = await client.call({ method: 'GET', path, query }, signal);
  const { value } = data as { readonly value?: unknown };
  if (!Array.isArray(value)) throw unreadable(`GET ${path}`);
  return value as boolean[];
}
