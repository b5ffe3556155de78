import type { ProbePermissions } from '@integrations/contracts';
import { askApi, hasCode, type JsonApi, nullIf } from '@integrations/provider-kit';
import { type HarborProject, listOf } from './projects';

export const PULL = 'repository:pull';
export const LIST = 'repository:list';
/** Required in the project of the config, or else in that of the canary. */
export const REQUIRED = [PULL];

/** Rights that only read. Any other right is excess. */
const READ_RIGHT = /:(?:pull|list|read)$/;
/** Maximum number of pages of robots to search. */
const MAX_PAGES = 20;

/** The rights in a project, such as `repository:pull` or `tag:delete`. Harbor answers robots as well. */
export async function grantedIn(api: JsonApi, projectId: number, signal: AbortSignal): Promise<string[]> {
  const { items } = await listOf(api, `/users/current/permissions?scope=/project/${projectId}&relative=true`, signal);
  return items.flatMap((value) => {
    const { resource, action } = (value ?? {}) as Record<string, unknown>;
    if (typeof resource !== 'string' || typeof action !== 'string') return [];
    return [`${['', '.'].includes(resource) ? 'project' : resource}:${action}`];
  });
}

export function permissionsOf(granted: readonly string[], how: ProbePermissions['how']): ProbePermissions {
  const missing = REQUIRED.filter((right) => !granted.includes(right));
  return { required: REQUIRED, granted, missing, excess: granted.filter((right) => !READ_RIGHT.test(right)), how };
}

/** When a robot expires, in milliseconds since the epoch; null if never, or if the robot may not look itself up. */
export async function robotExpiry(
  api: JsonApi,
  name: string,
  projectId: number | null,
  signal: AbortSignal,
): Promise<number | null> {
  // A project robot has the project in its name; a system robot is listed among the system's robots.
  const isOfProject = name.includes('+');
  if (isOfProject && projectId === null) return null;
  const level = isOfProject ? `q=Level%3Dproject,ProjectID%3D${projectId}&` : '';
  for (let page = 1; page <= MAX_PAGES; page++) {
    const robots = await listOf(api, `/robots?${level}page=${page}&page_size=100`, signal).catch(asRefused);
    for (const robot of robots?.items ?? []) {
      const { name: found, expires_at } = (robot ?? {}) as Record<string, unknown>;
      if (found === name) return typeof expires_at === 'number' && expires_at > 0 ? expires_at * 1_000 : null;
    }
    if (!robots?.hasNext) return null;
  }
  return null;
}

/** The used fraction of a project's storage, from 0 to 1; null if there is no limit or the account may not see it. */
export async function storageUse(api: JsonApi, { id }: HarborProject, signal: AbortSignal): Promise<number | null> {
  const answer = await askApi(api, { path: `/projects/${id}/summary` }, signal).catch(asRefused);
  const { quota } = (answer?.data ?? {}) as {
    readonly quota?: { readonly hard?: { storage?: unknown }; readonly used?: { storage?: unknown } };
  };
  const [hard, used] = [quota?.hard?.storage, quota?.used?.storage];
  return typeof hard === 'number' && typeof used === 'number' && hard > 0 ? used / hard : null;
}

const asRefused = nullIf((error) => hasCode(error, 'permission_missing', 'not_found_or_no_access'));
