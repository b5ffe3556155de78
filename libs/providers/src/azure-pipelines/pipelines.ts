import type { DiscoveredPipeline, Page } from '@integrations/contracts';
import {
  type DiscoveryQuery,
  hasCode,
  type Opening,
  pageOfOpen,
  pagesOfEach,
  type ProviderError,
} from '@integrations/provider-kit';
import type { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { listProjects, type Project } from '../vendors/azure-devops/projects';
import { pageAt } from './pages';
import { definitionsPath, pipelineId } from './place';
import { type BuiltRepository, repositoryName } from './repository-name';

const PER_PAGE = 100;
const NONE = { items: [], next: null };

/** The fields we use of a definition, the API's term for a pipeline. */
interface Definition {
  readonly id: number;
  readonly name: string;
  /** The folder, as `\` or `\folder\within`. */
  readonly path?: string;
  readonly queueStatus?: string;
  readonly repository?: BuiltRepository;
  readonly _links?: { readonly web?: { readonly href?: string } };
}

/**
 * The pipelines of all projects that the account sees, project by project. A project whose builds it may not see counts
 * as empty. Throws the refusal if it may see builds in no project.
 */
export async function listPipelines(
  client: AzureDevOpsClient,
  query: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredPipeline>> {
  const projectsOn = async (page: number) => {
    const items = await listProjects(client, { top: PER_PAGE, skip: (page - 1) * PER_PAGE }, signal);
    return { items, isLast: items.length < PER_PAGE };
  };
  const definitionsOf = async (project: Project, token: string | null) => {
    const path = definitionsPath(project.name);
    // Only with all properties does the list include repositories.
    const all = { $top: String(PER_PAGE), queryOrder: 'definitionNameAscending', includeAllProperties: 'true' };
    const { items, next } = await pageAt(client, { path, query: all, token }, isDefinition, signal);
    return { items: items.map((one) => toPipeline(client.organization, project, one)), next };
  };
  const inOpen = (opened: Opening) =>
    pagesOfEach(projectsOn, async (project, token) => (await opened(definitionsOf(project, token))) ?? NONE);
  return pageOfOpen(inOpen, query, ({ name }) => name, isClosed);
}

/**
 * True if the account may not see builds in the project, or the project was deleted after it was listed. A token
 * without the scope gets 401 instead.
 */
function isClosed(error: unknown): error is ProviderError {
  const isForbidden = hasCode(error, 'permission_missing') && error.httpStatus === 403;
  return isForbidden || hasCode(error, 'not_found_or_no_access');
}

export function isDefinition(value: unknown): value is Definition {
  const { id, name } = (value ?? {}) as Partial<Definition>;
  return typeof id === 'number' && typeof name === 'string';
}

function toPipeline(organization: string, project: Project, definition: Definition): DiscoveredPipeline {
  const { id, name, path = '', queueStatus, repository, _links } = definition;
  const folders = path.split('\\').filter((folder) => folder !== '');
  return {
    id: pipelineId(project.name, id),
    name: [project.name, ...folders, name].join('/'),
    url: _links?.web?.href ?? null,
    repository: repositoryName(repository, project.name, organization),
    // A paused pipeline queues runs, but does not start them.
    enabled: queueStatus === undefined || queueStatus === 'enabled',
  };
}
