import type { DiscoveredPipeline, Page } from '@integrations/contracts';
import { type DiscoveryQuery, pageOf, ProviderError, type UpstreamPage } from '@integrations/provider-kit';
import type { GitHubClient } from '../vendors/github/client';
import { unreadable } from '../vendors/github/errors';
import { type InstalledRepository, installationRepositories } from '../vendors/github/installation-repositories';
import { hasNext, PER_PAGE } from '../vendors/github/repository';
import { actionsPath, pipelineId } from './place';

/** The fields we use of a workflow. */
interface Workflow {
  readonly id: number;
  readonly name: string;
  readonly state?: string;
  readonly html_url?: string;
}

/** Where the list goes on: a page of GitHub's repositories, one of them, and a page of its workflows. */
interface Position {
  readonly page: number;
  readonly index: number;
  readonly workflows: number;
}

const POSITION = /^(\d{1,5})\.(\d{1,2})\.(\d{1,5})$/;

/** The workflows of all repositories that the installation reaches, repository by repository. */
export function listPipelines(
  client: GitHubClient,
  query: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredPipeline>> {
  let known: { readonly page: number; readonly repositories: readonly InstalledRepository[]; readonly isLast: boolean };
  const repositoriesOn = async (page: number) => {
    if (known?.page !== page) known = { page, ...(await installationRepositories(client, page, signal)) };
    return known;
  };
  const fetch = async (at: string): Promise<UpstreamPage<DiscoveredPipeline>> => {
    const position = at.startsWith('n=') ? { page: 1, index: 0, workflows: 1 } : read(at);
    const { page, index, workflows } = position;
    const { repositories, isLast } = await repositoriesOn(page);
    const repository = repositories[index];
    const found = repository ? await workflowsOf(client, repository, workflows, signal) : NONE;
    const isLastHere = index + 1 >= repositories.length;
    if (!found.isLast) return { items: found.items, next: write({ ...position, workflows: workflows + 1 }) };
    if (!isLastHere) return { items: found.items, next: write({ page, index: index + 1, workflows: 1 }) };
    return { items: found.items, next: isLast ? null : write({ page: page + 1, index: 0, workflows: 1 }) };
  };
  return pageOf(fetch, query, ({ name }) => name);
}

interface Workflows {
  readonly items: readonly DiscoveredPipeline[];
  readonly isLast: boolean;
}

const NONE: Workflows = { items: [], isLast: true };

// https://docs.github.com/en/rest/actions/workflows#list-repository-workflows
async function workflowsOf(
  client: GitHubClient,
  repository: InstalledRepository,
  page: number,
  signal: AbortSignal,
): Promise<Workflows> {
  const place = { owner: repository.owner.login, repository: repository.name };
  const path = `${actionsPath(place)}/workflows`;
  const scope = { ...place, permission: 'actions' } as const;
  const request = { method: 'GET', path, query: { per_page: PER_PAGE, page } } as const;
  const answer = await client.asInstallation(scope, request, signal).catch(asGone);
  if (answer === null) return NONE;
  const { workflows } = answer.data as { workflows?: unknown };
  if (!Array.isArray(workflows) || !workflows.every(isWorkflow)) {
    throw unreadable({ what: `GET ${path}`, permission: null, tokenAgeMs: null });
  }
  const items = workflows.map((workflow) => toPipeline(repository, workflow));
  return { items, isLast: !hasNext(answer, workflows.length) };
}

/** A repository that was deleted or moved since it was listed has none. */
function asGone(error: unknown): null {
  if (error instanceof ProviderError && error.code === 'not_found_or_no_access' && !error.transient) return null;
  throw error;
}

function isWorkflow(value: unknown): value is Workflow {
  const { id, name } = (value ?? {}) as Partial<Workflow>;
  return typeof id === 'number' && typeof name === 'string';
}

function toPipeline({ owner, name, archived }: InstalledRepository, workflow: Workflow): DiscoveredPipeline {
  const repository = `${owner.login}/${name}`;
  return {
    id: pipelineId(repository, workflow.id),
    name: `${repository}/${workflow.name}`,
    url: workflow.html_url ?? null,
    repository,
    // Others are disabled by hand, after a while without a change, in a fork, or deleted.
    enabled: workflow.state === 'active' && archived !== true,
  };
}

function write({ page, index, workflows }: Position): string {
  return `${page}.${index}.${workflows}`;
}

function read(at: string): Position {
  const [, page, index, workflows] = POSITION.exec(at) ?? [];
  if (page === undefined) throw new ProviderError('invalid_request', 'GitHub: the cursor is not one of this list');
  return { page: Number(page), index: Number(index), workflows: Number(workflows) };
}
