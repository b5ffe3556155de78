import type { ProbePermissions } from '@integrations/contracts';
import { comparePermissions } from '@integrations/provider-kit';
import type { AzureDevOpsClient } from './client';
import { unreadable } from './errors';
import { listProjects, type Project } from './projects';

/** More would not fit in a URL that every server takes. */
const PROJECTS_ASKED = 20;

/** What a provider needs of an account in each project, in a namespace of permissions. */
// https://learn.microsoft.com/azure/devops/organizations/security/namespace-reference
export interface WantedRights {
  readonly namespace: string;
  /** By the name of the permission. */
  readonly bits: Readonly<Record<string, number>>;
  /** What stands for a project in that namespace. */
  readonly tokenOf: (projectId: string) => string;
}

/** What an account may do, as far as the first projects tell. */
export interface Rights {
  readonly permissions: ProbePermissions;
  /** Of those that were asked about, how many lack a permission that others have. */
  readonly lacking: number;
  readonly asked: number;
  /** The first in which nothing is lacking. */
  readonly firstAllowed: Project | undefined;
}

/** Reads only. What the scopes of a token leave of the permissions, Azure DevOps does not tell. */
export async function readRights(
  client: AzureDevOpsClient,
  { namespace, bits, tokenOf }: WantedRights,
  signal: AbortSignal,
): Promise<Rights> {
  const projects = await listProjects(client, { top: PROJECTS_ASKED }, signal);
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
