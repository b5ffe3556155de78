import type { DiscoveredRepository, Page } from '@integrations/contracts';
import {
  discoveredRepository,
  type DiscoveryQuery,
  foreignCursor,
  hasCode,
  type JsonApi,
  type Opening,
  pageOfOpen,
  ProviderError,
  type UpstreamPage,
} from '@integrations/provider-kit';
import type { HarborClient } from './client';
import { findProject, type HarborPage, type HarborProject, listOf, listProjects } from './projects';

/** The fields of a repository that we use. */
interface Repository {
  readonly id: number;
  /** Includes the project: `acme/team/app`. */
  readonly name: string;
  readonly project: HarborProject;
}

/** Where a list continues: a page of projects, the index of a project on it, and a page of its repositories. */
interface Position {
  readonly projects: number;
  readonly index: number;
  readonly page: number;
}

const PER_PAGE = 100;
const NONE = { items: [], hasNext: false };
const START: Position = { projects: 1, index: 0, page: 1 };
const POSITION = /^projects=(\d{1,6})&index=(\d{1,3})&page=(\d{1,6})$/;

type InProject = (project: HarborProject, page: number) => Promise<HarborPage<Repository>>;

/**
 * Lists project by project, since only then does Harbor show a robot the repositories of private projects; only the
 * project `only`, if given. Skips projects whose repositories the credential may not list. If it may list none, throws
 * the refusal.
 */
export async function listRepositories(
  client: HarborClient,
  { endpoint, only }: { readonly endpoint: string; readonly only: string | undefined },
  query: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredRepository>> {
  const pages = (opened: Opening) => async (at: string) => {
    // Harbor's lists treat an invalid credential as anonymous; `/v2/` refuses it.
    await client.registry.ping(signal);
    const position = at.startsWith('n=') ? START : decodePosition(at);
    const listed = await projectsAt(client.api, only, position.projects, signal);
    const inProject: InProject = (project, page) => repositoriesOf(client.api, project, page, signal);
    // The caller asked for this project, so a refusal is an error on every page.
    if (only !== undefined) return pageAt(listed, position, inProject);
    return pageAt(listed, position, async (...which) => (await opened(inProject(...which))) ?? NONE);
  };
  const { items, nextCursor } = await pageOfOpen(pages, query, ({ name }) => name, isClosed);
  return { items: items.map((item) => discovered(item, endpoint)), nextCursor };
}

/** Reads as many projects as it takes to fill a page. */
async function pageAt(
  listed: HarborPage<HarborProject>,
  { projects, index: first, page }: Position,
  inProject: InProject,
): Promise<UpstreamPage<Repository>> {
  const items: Repository[] = [];
  for (let index = first; index < listed.items.length; index++) {
    const from = index === first ? page : 1;
    const found = await inProject(listed.items[index]!, from);
    items.push(...found.items);
    if (found.hasNext) return { items, next: encodePosition({ projects, index, page: from + 1 }) };
    const isLast = index + 1 === listed.items.length;
    if (items.length >= PER_PAGE && !isLast)
      return { items, next: encodePosition({ projects, index: index + 1, page: 1 }) };
  }
  return { items, next: listed.hasNext ? encodePosition({ ...START, projects: projects + 1 }) : null };
}

async function projectsAt(
  api: JsonApi,
  only: string | undefined,
  page: number,
  signal: AbortSignal,
): Promise<HarborPage<HarborProject>> {
  if (only === undefined) return listProjects(api, page, signal);
  return { items: [await findProject(api, only, signal)], hasNext: false };
}

async function repositoriesOf(
  api: JsonApi,
  project: HarborProject,
  page: number,
  signal: AbortSignal,
): Promise<HarborPage<Repository>> {
  const path = `/projects/${encodeURIComponent(project.name)}/repositories?page=${page}&page_size=${PER_PAGE}&sort=name`;
  const { items, hasNext } = await listOf(api, path, signal);
  const found = items.flatMap((value) => {
    const { id, name } = (value ?? {}) as Record<string, unknown>;
    return typeof id === 'number' && typeof name === 'string' ? [{ id, name, project }] : [];
  });
  return { items: found, hasNext };
}

/** True if a robot of several projects may not list this one, or the project was deleted after it was listed. */
function isClosed(error: unknown): error is ProviderError {
  return hasCode(error, 'permission_missing', 'not_found_or_no_access');
}

function discovered({ id, name, project }: Repository, endpoint: string): DiscoveredRepository {
  const path = encodeURIComponent(name.slice(project.name.length + 1));
  return discoveredRepository(endpoint, name, {
    ...{ id: String(id), visibility: project.visibility },
    ...(project.id === null ? {} : { url: `${endpoint}/harbor/projects/${project.id}/repositories/${path}` }),
  });
}

function encodePosition({ projects, index, page }: Position): string {
  return `projects=${projects}&index=${index}&page=${page}`;
}

function decodePosition(position: string): Position {
  const [, projects, index, page] = POSITION.exec(position) ?? [];
  if (page === undefined) throw foreignCursor();
  return { projects: Number(projects), index: Number(index), page: Number(page) };
}
