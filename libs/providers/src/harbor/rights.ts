import type { ProbePermissions } from '@integrations/contracts';
import { askApi, hasCode, type JsonApi } from '@integrations/provider-kit';
import { type HarborProject, listOf } from './projects';

export const PULL = 'repository:pull';
export const LIST = 'repository:list';
/** On the project of the canary, or the one that is listed. */
export const REQUIRED = [PULL];

/** What is more than looking. */
const LOOKING = /:(?:pull|list|read)$/;
/** Of robots: a list that has more is not looked through. */
const MAX_PAGES = 20;

/** What may be done in a project: `repository:pull`, `tag:delete`. Answered to robots as well. */
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
  return { required: REQUIRED, granted, missing, excess: granted.filter((right) => !LOOKING.test(right)), how };
}

/** When a robot's secret ends, in milliseconds since the epoch; null if never, or if it may not look itself up. */
export async function robotExpiry(
  api: JsonApi,
  name: string,
  projectId: number | null,
  signal: AbortSignal,
): Promise<number | null> {
  // One of a project has the project in its name; one of the system is listed beside the others of the system.
  const isOfProject = name.includes('+');
  if (isOfProject && projectId === null) return null;
  const level = isOfProject ? `q=Level%3Dproject,ProjectID%3D${projectId}&` : '';
  for (let page = 1; page <= MAX_PAGES; page++) {
    const robots = await unlessRefused(listOf(api, `/robots?${level}page=${page}&page_size=100`, signal));
    for (const robot of robots?.items ?? []) {
      const { name: found, expires_at } = (robot ?? {}) as Record<string, unknown>;
      if (found === name) return typeof expires_at === 'number' && expires_at > 0 ? expires_at * 1_000 : null;
    }
    if (!robots?.hasNext) return null;
  }
  return null;
}

/** How much of a project's storage is used, of 1; null without a limit, or where that is not for us to know. */
export async function storageUse(api: JsonApi, { id }: HarborProject, signal: AbortSignal): Promise<number | null> {
  const answer = await unlessRefused(askApi(api, { path: `/projects/${id}/summary` }, signal));
  const { quota } = (answer?.data ?? {}) as {
    readonly quota?: { readonly hard?: { storage?: unknown }; readonly used?: { storage?: unknown } };
  };
  const [hard, used] = [quota?.hard?.storage, quota?.used?.storage];
  return typeof hard === 'number' && typeof used === 'number' && hard > 0 ? used / hard : null;
}

async function unlessRefused<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (hasCode(error, 'permission_missing', 'not_found_or_no_access')) return null;
    throw error;
  }
}
