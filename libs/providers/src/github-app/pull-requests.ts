import type { PullRequestFacts, PullRequestRef } from '@integrations/provider-kit';
import type { GitHubClient } from '../vendors/github/client';
import { unreadable } from '../vendors/github/errors';
import { RepositoryClient, type Stored } from '../vendors/github/repository';

/** The fields we use of a pull request. */
interface PullRequest extends Stored {
  /** `closed` for a merged one as well. */
  readonly state: string;
  readonly draft?: boolean;
  readonly locked?: boolean;
  readonly head?: { readonly sha?: unknown };
}

export async function readPullRequest(
  client: GitHubClient,
  { owner, repository, pullRequestNumber }: PullRequestRef,
  signal: AbortSignal,
): Promise<PullRequestFacts> {
  const github = new RepositoryClient(client, { owner, repository, permission: 'pull_requests' }, signal);
  const path = `/pulls/${pullRequestNumber}`;
  const { state, draft, locked, head } = await github.get<PullRequest>(path);
  if (typeof head?.sha !== 'string') throw unreadable(`GET ${path}`);
  return {
    headSha: head.sha,
    state: state === 'open' ? 'open' : 'closed',
    draft: draft ?? false,
    locked: locked ?? false,
  };
}
