import type { DiscoveredPipeline, Page } from '@integrations/contracts';
import {
  type DiscoveryQuery,
  foreignCursor,
  hasCode,
  nullIf,
  pageOf,
  pagesOfEach,
  type UpstreamPage,
} from '@integrations/provider-kit';
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

const PAGE = /^[1-9]\d{0,4}$/;

/** The workflows of all repositories of the installation, repository by repository. */
export function listPipelines(
  client: GitHubClient,
  query: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredPipeline>> {
  const fetch = pagesOfEach(
    (page) => installationRepositories(client, page, signal),
    (repository, at) => workflowsOf(client, repository, at ?? '1', signal),
  );
  return pageOf(fetch, query, ({ name }) => name);
}

// https://docs.github.com/en/rest/actions/workflows#list-repository-workflows
async function workflowsOf(
  client: GitHubClient,
  repository: InstalledRepository,
  page: string,
  signal: AbortSignal,
): Promise<UpstreamPage<DiscoveredPipeline>> {
  if (!PAGE.test(page)) throw foreignCursor();
  const place = { owner: repository.owner.login, repository: repository.name };
  const path = `${actionsPath(place)}/workflows`;
  const scope = { ...place, permission: 'actions' } as const;
  const request = { method: 'GET', path, query: { per_page: PER_PAGE, page } } as const;
  const answer = await client.asInstallation(scope, request, signal).catch(asGone);
  if (answer === null) return { items: [], next: null };
  const { workflows } = answer.data as { workflows?: unknown };
  if (!Array.isArray(workflows) || !workflows.every(isWorkflow)) {
    throw unreadable(`GET ${path}`);
  }
  const items = workflows.map((workflow) => toPipeline(repository, workflow));
  return { items, next: hasNext(answer, workflows.length) ? String(Number(page) + 1) : null };
}

/** A repository counts as empty if it was deleted or moved after it was listed, or if GitHub has disabled it. */
const asGone = nullIf(
  // Only a 404 can mean that GitHub does not know our token yet.
  (error) => hasCode(error, 'not_found_or_no_access') && (error.httpStatus === 403 || !error.transient),
);

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
    // The other states: disabled by hand, disabled for inactivity, disabled in a fork, and deleted.
    enabled: workflow.state === 'active' && archived !== true,
  };
}
