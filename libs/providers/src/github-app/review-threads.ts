import { hasCode, type PullRequestRef } from '@integrations/provider-kit';
import type { GitHubClient } from '../vendors/github/client';
import type { ReviewComment } from './own-comments';
import { RepositoryClient } from '../vendors/github/repository';

interface Thread {
  readonly id: string;
  readonly isResolved: boolean;
  readonly comments: { readonly nodes: readonly { readonly url: string }[] };
}

interface ThreadsPage {
  readonly repository?: {
    readonly pullRequest?: {
      readonly reviewThreads: {
        readonly nodes: readonly Thread[];
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
      };
    } | null;
  } | null;
}

// By URL: it is the only field with a comment's REST number that all versions of GitHub Enterprise Server have.
const LIST = `query ($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(first: 100, after: $after) {
        nodes { id isResolved comments(first: 1) { nodes { url } } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;
const mutation = (name: string) =>
  `mutation ($threadId: ID!) { ${name}(input: { threadId: $threadId }) { thread { id isResolved } } }`;
const RESOLVE = mutation('resolveReviewThread');
const UNRESOLVE = mutation('unresolveReviewThread');

/**
 * The threads that review comments start, which only GraphQL knows. GitHub lets an app resolve them only if it may also
 * change the contents of the repository, which few apps may: after the first refusal, no more calls are made.
 * https://github.com/orgs/community/discussions/44650
 */
export class ReviewThreads {
  readonly #github: RepositoryClient;
  readonly #pullRequestNumber: number;
  #byComment: Promise<ReadonlyMap<number, Thread>> | undefined;
  #refused = false;

  constructor(client: GitHubClient, { owner, repository, pullRequestNumber }: PullRequestRef, signal: AbortSignal) {
    this.#github = new RepositoryClient(client, { owner, repository, permission: 'contents' }, signal);
    this.#pullRequestNumber = pullRequestNumber;
  }

  resolve(comment: ReviewComment): Promise<void> {
    return this.#bring(comment, true);
  }

  reopen(comment: ReviewComment): Promise<void> {
    return this.#bring(comment, false);
  }

  async #bring(comment: ReviewComment, resolved: boolean): Promise<void> {
    if (this.#refused) return;
    try {
      const thread = (await (this.#byComment ??= this.#read())).get(comment.id);
      if (!thread || thread.isResolved === resolved) return;
      await this.#github.graphql(resolved ? RESOLVE : UNRESOLVE, { threadId: thread.id });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#refused = true;
    }
  }

  async #read(): Promise<ReadonlyMap<number, Thread>> {
    const threads = new Map<number, Thread>();
    let after: string | null = null;
    do {
      const page: ThreadsPage = await this.#github.graphql<ThreadsPage>(LIST, {
        ...this.#github.names,
        number: this.#pullRequestNumber,
        after,
      });
      const found = page.repository?.pullRequest?.reviewThreads;
      for (const thread of found?.nodes ?? []) {
        const id = /#discussion_r(\d+)$/.exec(thread.comments.nodes[0]?.url ?? '')?.[1];
        if (id) threads.set(Number(id), thread);
      }
      after = found?.pageInfo.hasNextPage ? found.pageInfo.endCursor : null;
    } while (after !== null);
    return threads;
  }
}

function isRefusal(error: unknown): boolean {
  return hasCode(error, 'permission_missing', 'not_found_or_no_access') && !error.transient;
}
