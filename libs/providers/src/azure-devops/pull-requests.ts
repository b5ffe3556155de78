import type { PullRequestFacts, PullRequestRef } from '@integrations/provider-kit';
import type { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { unreadable } from '../vendors/azure-devops/errors';
import { RepositoryClient } from './repository';

/** The fields we use of a pull request. */
interface PullRequest {
  readonly pullRequestId: number;
  readonly status: string;
  readonly isDraft?: boolean;
  /** The newest commit of the source branch. */
  readonly lastMergeSourceCommit?: { readonly commitId?: string };
  /** True unless a program created the pull request without asking for iterations, which is the API's default. */
  readonly supportsIterations?: boolean;
}

/** An open pull request. */
export interface OpenPullRequest {
  readonly number: number;
  /** False if Azure DevOps refuses statuses on its iterations, of which it lists a single one, made up. */
  readonly hasIterations: boolean;
}

/** The fields we use of an iteration; every push creates one. */
interface Iteration {
  readonly id: number;
  readonly sourceRefCommit?: { readonly commitId?: string };
}

export function pullRequestPath(pullRequestNumber: number | string): string {
  return `/pullRequests/${pullRequestNumber}`;
}

export async function readPullRequest(
  client: AzureDevOpsClient,
  pullRequest: PullRequestRef,
  signal: AbortSignal,
): Promise<PullRequestFacts> {
  const path = pullRequestPath(pullRequest.pullRequestNumber);
  const { status, isDraft, lastMergeSourceCommit } = await new RepositoryClient(
    client,
    pullRequest,
    signal,
  ).get<PullRequest>(path);
  const headSha = lastMergeSourceCommit?.commitId;
  if (typeof headSha !== 'string') throw unreadable(`GET ${path}`);
  return { headSha, state: status === 'active' ? 'open' : 'closed', draft: isDraft ?? false, locked: false };
}

/** The open pull requests whose newest commit is `sha`. */
export async function pullRequestsOf(repository: RepositoryClient, sha: string): Promise<OpenPullRequest[]> {
  const found: OpenPullRequest[] = [];
  const query = { 'searchCriteria.status': 'active' };
  for await (const one of repository.list<PullRequest>('/pullRequests', '$', query)) {
    if (one.lastMergeSourceCommit?.commitId !== sha) continue;
    found.push({ number: one.pullRequestId, hasIterations: one.supportsIterations ?? false });
  }
  return found;
}

/** The newest iteration with that head; null if the pull request never had it. */
export async function iterationOf(
  repository: RepositoryClient,
  pullRequestNumber: number,
  headSha: string,
): Promise<number | null> {
  const iterations = await repository.all<Iteration>(`${pullRequestPath(pullRequestNumber)}/iterations`);
  const ids = iterations.filter((one) => one.sourceRefCommit?.commitId === headSha).map(({ id }) => id);
  return ids.length > 0 ? Math.max(...ids) : null;
}
