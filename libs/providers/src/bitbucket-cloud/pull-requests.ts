import { ProviderError, type PullRequestFacts, type PullRequestRef } from '@integrations/provider-kit';
import type { BitbucketClient } from './client';
import { unreadable } from './errors';
import { RepositoryClient } from './repository';

/** The fields we use of a pull request. */
interface PullRequest {
  readonly state: string;
  readonly draft?: boolean;
  /** Its commit is null once its repository was deleted. */
  readonly source?: { readonly commit?: { readonly hash?: string } | null };
}

interface Commit {
  readonly hash?: string;
}

export async function readPullRequest(
  client: BitbucketClient,
  pullRequest: PullRequestRef,
  signal: AbortSignal,
): Promise<PullRequestFacts> {
  const repository = new RepositoryClient(client, pullRequest, signal);
  const { state, draft, head } = await shortFacts(repository, pullRequest);
  return {
    headSha: await fullHash(repository, pullRequest, head),
    state: state === 'OPEN' ? 'open' : 'closed',
    draft: draft ?? false,
    // Bitbucket cannot lock conversations.
    locked: false,
  };
}

/** Throws `stale_head` unless the commit is the newest of the pull request: Bitbucket shows the diff of no other. */
export async function expectHead(
  repository: RepositoryClient,
  pullRequest: PullRequestRef & { readonly headSha: string },
): Promise<void> {
  const { head } = await shortFacts(repository, pullRequest);
  if (pullRequest.headSha.startsWith(head)) return;
  const which = `pull request ${pullRequest.pullRequestNumber}`;
  throw new ProviderError('stale_head', `Bitbucket: that commit is not the head of ${which}`);
}

export function pullRequestPath({ pullRequestNumber }: Pick<PullRequestRef, 'pullRequestNumber'>): string {
  return `/pullrequests/${pullRequestNumber}`;
}

/** `head`: an abbreviated hash, because a pull request does not include the whole one. */
async function shortFacts(repository: RepositoryClient, pullRequest: PullRequestRef) {
  const { state, draft, source } = await repository.get<PullRequest>(pullRequestPath(pullRequest));
  if (source?.commit === null) {
    const message = `Bitbucket: the source of pull request ${pullRequest.pullRequestNumber}, such as a fork, was deleted`;
    throw new ProviderError('not_found_or_no_access', message);
  }
  const head = source?.commit?.hash;
  if (typeof state !== 'string' || typeof head !== 'string' || !/^[0-9a-f]{7,64}$/.test(head)) {
    throw unreadable(`the request for pull request ${pullRequest.pullRequestNumber}`);
  }
  return { state, draft, head };
}

/** The head's whole hash: from the pull request's commits, even in a fork, or from the repository if those are gone. */
async function fullHash(repository: RepositoryClient, pullRequest: PullRequestRef, head: string): Promise<string> {
  for await (const { hash } of repository.list<Commit>(`${pullRequestPath(pullRequest)}/commits`)) {
    if (hash?.startsWith(head)) return hash;
  }
  const { hash } = await repository.get<Commit>(`/commit/${head}`);
  if (typeof hash !== 'string') throw unreadable('the request for a commit');
  return hash;
}
