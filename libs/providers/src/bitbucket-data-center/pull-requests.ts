import type { PullRequestFacts, PullRequestRef } from '@integrations/provider-kit';
import type { BitbucketClient } from './client';
import { unreadable } from './errors';
import { RepositoryClient } from './repository';

/** The fields we use of a pull request. */
interface PullRequest {
  readonly state: string;
  /** Sent since 8.18. */
  readonly draft?: boolean;
  readonly fromRef?: { readonly latestCommit?: string };
}

export function readPullRequest(
  client: BitbucketClient,
  pullRequest: PullRequestRef,
  signal: AbortSignal,
): Promise<PullRequestFacts> {
  return factsOf(new RepositoryClient(client, pullRequest, signal), pullRequest.pullRequestNumber);
}

export async function factsOf(repository: RepositoryClient, number: number): Promise<PullRequestFacts> {
  const { state, draft, fromRef } = (await repository.get(pullRequestPath(number))) as PullRequest;
  if (typeof fromRef?.latestCommit !== 'string') throw unreadable(`the request for pull request ${number}`);
  return {
    headSha: fromRef.latestCommit,
    state: state === 'OPEN' ? 'open' : 'closed',
    draft: draft ?? false,
    // A pull request that Bitbucket calls locked is being merged; everybody who can read it can still comment.
    locked: false,
  };
}

/** Relative to the repository. */
export function pullRequestPath(number: number): string {
  return `/pull-requests/${number}`;
}
