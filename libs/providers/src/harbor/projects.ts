import { askApi, type JsonApi, nextQuery, ProviderError } from '@integrations/provider-kit';

/** The fields of a project that we use. */
export interface HarborProject {
  /** Null if Harbor does not list it to us: older versions list private projects to members only, not to robots. */
  readonly id: number | null;
  readonly name: string;
  readonly visibility: 'public' | 'private' | null;
}

/** A page of one of Harbor's lists. */
export interface HarborPage<T> {
  readonly items: readonly T[];
  readonly hasNext: boolean;
}

const PER_PAGE = 10;

/** The projects that the credential may see, by name. To an invalid credential, Harbor lists the public projects. */
export async function listProjects(
  api: JsonApi,
  page: number,
  signal: AbortSignal,
): Promise<HarborPage<HarborProject>> {
  const path = `/projects?page=${page}&page_size=${PER_PAGE}&sort=name&with_detail=false`;
  const { items, hasNext } = await listOf(api, path, signal);
  return { items: items.flatMap(projectOf), hasNext };
}

export async function findProject(api: JsonApi, name: string, signal: AbortSignal): Promise<HarborProject> {
  const { items } = await listOf(api, `/projects?q=name%3D${name}&page=1&page_size=1&with_detail=false`, signal);
  const found = items.flatMap(projectOf).find((project) => project.name === name);
  return found ?? { id: null, name, visibility: null };
}

/** `GET` of a list. Its items are not validated. */
export async function listOf(api: JsonApi, path: string, signal: AbortSignal): Promise<HarborPage<unknown>> {
  // Older versions answer null instead of an empty list. https://github.com/goharbor/harbor/issues/11246
  const { data, headers } = await askApi(api, { path, none: [] }, signal);
  if (!Array.isArray(data)) {
    throw new ProviderError(
      'provider_unavailable',
      `Harbor's answer to GET ${path.replace(/\?.*$/, '')} is not a list`,
    );
  }
  const hasNext = nextQuery(headers['link'], new URL(`${api.base}${path}`), api.product) !== null;
  return { items: data, hasNext };
}

function projectOf(value: unknown): HarborProject[] {
  const { project_id, name, metadata } = (value ?? {}) as Record<string, unknown>;
  if (typeof project_id !== 'number' || typeof name !== 'string') return [];
  const { public: isPublic } = (metadata ?? {}) as Record<string, unknown>;
  return [{ id: project_id, name, visibility: isPublic === 'true' ? 'public' : 'private' }];
}
