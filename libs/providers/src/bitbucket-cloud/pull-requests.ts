import { ProviderError, type PullRequestFacts, type PullRequestRef } from '@integrations/provider-kit';
import type { BitbucketClient } from './client';
import { unreadable } from './errors';
import { RepositoryClient } from './repository';

/** The fields we use of a pull request. */
interface PullRequest {
  readonly state: string;
  readonly draft?: boolean;
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
    // Bitbucket has no such thing.
    locked: false,
  };
}

/** Throws `stale_head` unless that commit is the newest of the pull request: Bitbucket shows the diff of no other. */
export async function expectHead(
  repository: RepositoryClient,
  pullRequest: PullRequestRef & { readonly headSha: string },
): Promise<void> {
  const { head } = await shortFacts(repository, pullRequest);
  if (pullRequest.headSha.startsWith(head)) return;
  const which = `pull request ${pullRequest.pullRequestNumber}`;
  throw new ProviderError('stale_head', `Bitbucket: ${which} does not have that commit for a head`);
}

export function pullRequestPath({ pullRequestNumber }: Pick<PullRequestRef, 'pullRequestNumber'>): string {
  return `/pullrequests/${pullRequestNumber}`;
}

/** `head`: the beginning of its hash, which is all that a pull request tells. */
async function shortFacts(repository: RepositoryClient, pullRequest: PullRequestRef) {
  const { state, draft, source } = await repository.get<PullRequest>(pullRequestPath(pullRequest));
  const head = source?.commit?.hash;
  if (typeof state !== 'string' || typeof head !== 'string' || !/^[0-9a-f]{7,64}$/.test(head)) {
    throw unreadable(`the question for pull request ${pullRequest.pullRequestNumber}`);
  }
  return { state, draft, head };
}

/** Its own commits tell it where the branch is a fork's; they are not listed any more once the branch is gone. */
async function fullHash(repository: RepositoryClient, pullRequest: PullRequestRef, head: string): Promise<string> {
  for await (const { hash } of repository.list<Commit>(`${pullRequestPath(pullRequest)}/commits`)) {
    if (hash?.startsWith(head)) return hash;
  }
  const { hash } = await repository.get<Commit>(`/commit/${head}`);
  if (typeof hash !== 'string') throw unreadable('the question for a commit');
  return hash;
}
