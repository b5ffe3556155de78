import type { AzureDevOpsClient } from './client';
import { unreadable } from './errors';

/** The fields we use of a project. */
export interface Project {
  readonly id: string;
  readonly name: string;
}

const PATH = '/_apis/projects';

/** Up to `top` of the projects that the account sees. */
export async function listProjects(
  client: AzureDevOpsClient,
  { top, skip = 0 }: { readonly top: number; readonly skip?: number },
  signal: AbortSignal,
): Promise<readonly Project[]> {
  const query = { $top: String(top), ...(skip > 0 ? { $skip: String(skip) } : {}) };
  const { data } = await client.call({ method: 'GET', path: PATH, query }, signal);
  const { value } = data as { readonly value?: unknown };
  if (!Array.isArray(value) || !value.every(isProject)) throw unreadable(`GET ${PATH}`);
  return value;
}

function isProject(value: unknown): value is Project {
  const { id, name } = (value ?? {}) as Partial<Project>;
  return typeof id === 'string' && typeof name === 'string';
}
