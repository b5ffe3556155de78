import type { PullRequestFacts, PullRequestRef } from '@integrations/provider-kit';
import type { GiteaClient } from './client';
import { unreadable } from './errors';
import { RepositoryClient } from './repository';

/** The fields we use of a pull request. */
export interface Pull {
  readonly id: number;
  readonly number: number;
  readonly state: string;
  readonly title?: string;
  /** Sent since Gitea 1.22. */
  readonly draft?: boolean;
  readonly is_locked?: boolean;
  readonly head: { readonly sha: string };
}

/** Titles that mark a draft, unless the instance is configured with other prefixes. */
const DRAFT = /^(WIP:|\[WIP\])/i;

export async function readPullRequest(
  client: GiteaClient,
  pullRequest: PullRequestRef,
  signal: AbortSignal,
): Promise<PullRequestFacts> {
  const { state, title, draft, is_locked, head } = await readPull(
    new RepositoryClient(client, pullRequest, signal),
    pullRequest.pullRequestNumber,
  );
  return {
    headSha: head.sha,
    state: state === 'open' ? 'open' : 'closed',
    draft: draft ?? DRAFT.test(title ?? ''),
    locked: is_locked ?? false,
  };
}

export async function readPull(repository: RepositoryClient, number: number): Promise<Pull> {
  const pull = await repository.get<Pull>(`/pulls/${number}`);
  if (typeof pull.head?.sha !== 'string') throw unreadable(`GET /pulls/${number}`);
  return pull;
}

/** The open pull requests whose head is the commit. Gitea can only look up the pull request that merged a commit. */
export async function pullsWithHead(repository: RepositoryClient, sha: string): Promise<Pull[]> {
  const found: Pull[] = [];
  for await (const pull of repository.list<Pull>('/pulls', { state: 'open', sort: 'oldest' })) {
    if (pull.head?.sha === sha) found.push(pull);
  }
  return found;
}
