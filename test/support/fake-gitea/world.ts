import { notFound } from './answer.ts';

export interface FakeUser {
  readonly id: number;
  readonly login: string;
  /** True if an administrator has locked the account. */
  prohibited: boolean;
}

export interface FakeToken {
  readonly user: FakeUser;
  scopes: string[];
}

export interface FakeComment {
  readonly id: number;
  readonly author: FakeUser;
  body: string;
}

/** A comment on a line: of the new side if `line` is positive, of the old side if it is negative. */
export interface FakeReviewComment extends FakeComment {
  readonly path: string;
  readonly line: number;
  resolver: FakeUser | null;
}

export interface FakeReview {
  readonly id: number;
  readonly author: FakeUser;
  state: 'PENDING' | 'COMMENT' | 'APPROVED' | 'REQUEST_CHANGES';
  body: string;
  commit: string;
  readonly comments: FakeReviewComment[];
}

export interface FakePull {
  readonly id: number;
  readonly number: number;
  title: string;
  state: 'open' | 'closed';
  draft: boolean;
  locked: boolean;
  head: string;
  /** The output of `git diff`. */
  diff: string;
  readonly comments: FakeComment[];
  readonly reviews: FakeReview[];
}

export interface FakeStatus {
  readonly id: number;
  readonly author: FakeUser;
  readonly state: string;
  readonly context: string;
  readonly description: string;
  readonly targetUrl: string;
}

export interface FakeRepository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly pulls: Map<number, FakePull>;
  /** Each known commit with all statuses ever set, oldest first. */
  readonly commits: Map<string, FakeStatus[]>;
  archived: boolean;
  /** Whether the token's user may push. */
  writable: boolean;
  visibility: 'public' | 'internal' | 'private';
}

export interface RepositoryOptions {
  readonly owner: string;
  readonly name: string;
  readonly commits?: readonly string[];
  readonly pulls?: readonly { readonly number: number; readonly head: string; readonly diff?: string }[];
  readonly visibility?: FakeRepository['visibility'];
}

/** The data that Gitea stores, and its settings. */
export class World {
  readonly repositories: FakeRepository[] = [];
  /** True from 1.26 on, but not in Forgejo. */
  knowsResolve = true;
  /** Whether the user may resolve conversations: users who may write may, and the author of the pull request. */
  mayResolve = true;
  /** `[api] MAX_RESPONSE_ITEMS`. */
  maxItems = 50;
  /** True if a proxy in between drops the headers with the length of a list. */
  hidesTotals = false;
  /** True if anonymous users see nothing. */
  requiresSignIn = false;
  /** True for newer versions, whose 403 names the scopes of the rejected token. */
  tellsScopes = true;
  /** How many comments of a review Gitea stores before it fails. */
  breaksAfter = Infinity;
  /** The longest review comment, in characters, that a proxy lets pass. */
  maxRemark = Infinity;
  #lastId = 1_000;
  readonly #start: readonly RepositoryOptions[];

  constructor(start: readonly RepositoryOptions[]) {
    this.#start = start;
    this.reset();
  }

  reset(): void {
    this.#lastId = 1_000;
    this.repositories.splice(0, Infinity, ...this.#start.map((one, index) => this.#repository(one, index + 1)));
    Object.assign(this, { knowsResolve: true, mayResolve: true, maxItems: 50, hidesTotals: false });
    Object.assign(this, { requiresSignIn: false, tellsScopes: true, breaksAfter: Infinity, maxRemark: Infinity });
  }

  nextId(): number {
    return ++this.#lastId;
  }

  repository(owner: string, name: string): FakeRepository {
    const isIt = (one: FakeRepository) =>
      one.owner.toLowerCase() === owner.toLowerCase() && one.name.toLowerCase() === name.toLowerCase();
    const found = this.repositories.find(isIt);
    if (!found) throw notFound();
    return found;
  }

  /** A review comment of any pull request, with its review; null if there is none. */
  reviewComment(repository: FakeRepository, id: number): { review: FakeReview; comment: FakeReviewComment } | null {
    for (const review of [...repository.pulls.values()].flatMap(({ reviews }) => reviews)) {
      const comment = review.comments.find((one) => one.id === id);
      if (comment) return { review, comment };
    }
    return null;
  }

  /** Number of visible comments, remarks and statuses: of each context the newest. */
  get shown(): number {
    const counts = this.repositories.flatMap(({ pulls, commits }) => [
      ...[...pulls.values()].map(({ comments }) => comments.length),
      ...[...pulls.values()].flatMap(({ reviews }) => reviews.map((review) => review.comments.length)),
      ...[...commits.values()].map((statuses) => new Set(statuses.map(({ context }) => context)).size),
    ]);
    return counts.reduce((sum, count) => sum + count, 0);
  }

  #repository(options: RepositoryOptions, id: number): FakeRepository {
    const { owner, name, commits = [], pulls = [], visibility = 'private' } = options;
    return {
      ...{ id, owner, name, visibility, archived: false, writable: true },
      commits: new Map([...commits, ...pulls.map(({ head }) => head)].map((sha) => [sha, []])),
      pulls: new Map(
        pulls.map(({ number, head, diff = '' }) => [
          number,
          {
            ...{
              id: this.nextId(),
              number,
              title: `Pull request ${number}`,
              state: 'open',
              draft: false,
              locked: false,
            },
            ...{ head, diff, comments: [], reviews: [] },
          },
        ]),
      ),
    };
  }
}
