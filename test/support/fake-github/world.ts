import { notFound } from './answer.ts';
import type { Permissions } from './auth.ts';

export interface Author {
  readonly login: string;
  readonly type: 'Bot' | 'User';
  /** Whether the user acted through our app. */
  readonly viaApp: boolean;
}

export interface FakeComment {
  readonly id: number;
  readonly author: Author;
  readonly createdAt: string;
  body: string;
  updatedAt: string;
}

export interface FakeStatus {
  readonly id: number;
  readonly state: string;
  readonly context: string;
  readonly description: string | null;
  readonly target_url: string | null;
  readonly createdAt: string;
}

export interface FakeAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: string;
  readonly message: string;
  readonly title?: string;
}

export interface FakeCheckRun {
  readonly id: number;
  readonly head_sha: string;
  name: string;
  external_id: string | null;
  details_url: string | null;
  status: string;
  conclusion: string | null;
  started_at: string | null;
  completed_at: string | null;
  output: { title: string | null; summary: string | null; text: string | null };
  readonly annotations: FakeAnnotation[];
  /** False for a run of another app. */
  viaApp: boolean;
}

/** A file of a diff. Without `patch`, it is binary or too large to be shown. */
export interface FakeChangedFile {
  readonly filename: string;
  readonly status?: 'added' | 'removed' | 'modified' | 'renamed';
  readonly patch?: string;
}

export interface FakeReviewComment {
  readonly id: number;
  readonly author: Author;
  readonly path: string;
  /** Null for a comment on the file. */
  readonly line: number | null;
  readonly startLine: number | null;
  readonly side: 'LEFT' | 'RIGHT';
  readonly subjectType: 'line' | 'file';
  readonly reviewId: number | null;
  /** The first comment of its thread; null if this is the first. */
  readonly inReplyTo: number | null;
  readonly commitId: string;
  readonly createdAt: string;
  updatedAt: string;
  body: string;
  /** Whether the thread that it begins is resolved. */
  isResolved: boolean;
}

export interface FakeReview {
  readonly id: number;
  readonly author: Author;
  readonly body: string;
  readonly state: 'COMMENTED' | 'PENDING';
  readonly commitId: string;
}

export interface FakePull {
  readonly number: number;
  headSha: string;
  locked: boolean;
  draft: boolean;
  state: 'open' | 'closed';
  readonly comments: FakeComment[];
  files: readonly FakeChangedFile[];
  /** Lines that the listed diff shows, but on which GitHub accepts no comment. */
  hidden: readonly number[];
  readonly reviews: FakeReview[];
  readonly reviewComments: FakeReviewComment[];
}

export interface FakeWorkflowRun {
  readonly id: number;
  readonly number: number;
  readonly sha: string;
  readonly branch: string | null;
  status: string;
  conclusion: string | null;
  readonly createdAt: string;
}

export interface FakeWorkflow {
  readonly id: number;
  readonly name: string;
  state: 'active' | 'deleted' | 'disabled_fork' | 'disabled_inactivity' | 'disabled_manually';
  /** Oldest first. */
  readonly runs: readonly FakeWorkflowRun[];
}

export interface WorkflowOptions {
  readonly name: string;
  readonly state?: FakeWorkflow['state'];
  readonly runs?: readonly (Partial<FakeWorkflowRun> & Pick<FakeWorkflowRun, 'sha' | 'createdAt'>)[];
}

export interface FakeRepository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly pulls: Map<number, FakePull>;
  /** Each known commit with its statuses, oldest first, and its check runs. */
  readonly commits: Map<string, { readonly statuses: FakeStatus[]; readonly checkRuns: FakeCheckRun[] }>;
  readonly workflows: readonly FakeWorkflow[];
}

export interface FakeInstallation {
  readonly id: number;
  readonly account: string;
  permissions: Permissions;
  suspended: boolean;
  readonly repositories: Map<string, FakeRepository>;
}

export interface InstallationOptions {
  readonly id: number;
  readonly account: string;
  /** By default, the permissions that annotating needs. */
  readonly permissions?: Permissions;
  readonly repositories: readonly {
    readonly name: string;
    readonly pulls?: readonly {
      readonly number: number;
      readonly headSha: string;
      readonly files?: readonly FakeChangedFile[];
    }[];
    /** Commits in addition to the heads of the pull requests. */
    readonly commits?: readonly string[];
    readonly workflows?: readonly WorkflowOptions[];
  }[];
}

const ALL_PERMISSIONS = {
  checks: 'write',
  contents: 'write',
  metadata: 'read',
  pull_requests: 'write',
  statuses: 'write',
};

/** The data that GitHub stores. */
export class World {
  readonly installations = new Map<number, FakeInstallation>();
  readonly comments = new Map<number, { repository: FakeRepository; pull: FakePull; comment: FakeComment }>();
  readonly checkRuns = new Map<number, { repository: FakeRepository; run: FakeCheckRun }>();
  /** Whether the app may resolve threads, which requires more permissions than commenting. */
  mayResolve = true;
  readonly #moved = new Map<string, number>();
  readonly #start: readonly InstallationOptions[];
  #lastId = 1_000;

  constructor(start: readonly InstallationOptions[]) {
    this.#start = start;
    this.reset();
  }

  /** Restores the initial state. Ids keep increasing, as at GitHub. */
  reset(): void {
    this.installations.clear();
    this.comments.clear();
    this.checkRuns.clear();
    this.#moved.clear();
    this.mayResolve = true;
    for (const options of this.#start) this.installations.set(options.id, this.#installation(options));
  }

  /** Number of visible comments, statuses and check runs: the newest of each context or name on a commit. */
  get shown(): number {
    const repositories = [...this.installations.values()].flatMap((installation) => [
      ...installation.repositories.values(),
    ]);
    const perCommit = repositories.flatMap((repository) =>
      [...repository.commits.values()].map(
        ({ statuses, checkRuns }) =>
          new Set(statuses.map(({ context }) => context)).size + new Set(checkRuns.map(({ name }) => name)).size,
      ),
    );
    return perCommit.reduce((sum, count) => sum + count, this.comments.size);
  }

  nextId(): number {
    return ++this.#lastId;
  }

  /** Throws 404 if it does not exist. Like GitHub, ignores the case of names. */
  repository(owner: string, name: string): { installation: FakeInstallation; repository: FakeRepository } {
    for (const installation of this.installations.values()) {
      if (!sameName(installation.account, owner)) continue;
      const repository = installation.repositories.get(name.toLowerCase());
      if (repository) return { installation, repository };
    }
    throw notFound();
  }

  /** Renames the repository. The old name then redirects to the repository's id. */
  rename(owner: string, name: string, newName: string): void {
    const { installation, repository } = this.repository(owner, name);
    installation.repositories.delete(name.toLowerCase());
    installation.repositories.set(newName.toLowerCase(), { ...repository, name: newName });
    this.#moved.set(`${owner}/${name}`.toLowerCase(), repository.id);
  }

  /** Moves the repository to another installation. The old name then redirects to the repository's id. */
  transfer(owner: string, name: string, to: number): void {
    const { installation, repository } = this.repository(owner, name);
    const { account, repositories } = this.installations.get(to)!;
    installation.repositories.delete(name.toLowerCase());
    repositories.set(name.toLowerCase(), { ...repository, owner: account });
    this.#moved.set(`${owner}/${name}`.toLowerCase(), repository.id);
  }

  /** The path, by id, of a renamed repository; null if the path does not name one. */
  movedTo(path: string): string | null {
    const [, owner, name, rest = ''] = /^\/repos\/([^/]+)\/([^/]+)(\/.*)?$/.exec(path) ?? [];
    const id = this.#moved.get(`${owner}/${name}`.toLowerCase());
    return id === undefined ? null : `/repositories/${id}${rest}`;
  }

  /** Converts a path by repository id to one by owner and name. Returns any other path unchanged. */
  named(path: string): string {
    const [, id, rest = ''] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
    const repositories = [...this.installations.values()].flatMap(({ repositories }) => [...repositories.values()]);
    const found = repositories.find((repository) => repository.id === Number(id));
    return found ? `/repos/${found.owner}/${found.name}${rest}` : path;
  }

  addComment(repository: FakeRepository, pull: FakePull, author: Author, body: string, at: string): FakeComment {
    const comment = { id: this.nextId(), author, body, createdAt: at, updatedAt: at };
    pull.comments.push(comment);
    this.comments.set(comment.id, { repository, pull, comment });
    return comment;
  }

  addReviewComment(
    pull: FakePull,
    comment: Omit<FakeReviewComment, 'id' | 'updatedAt' | 'isResolved'>,
  ): FakeReviewComment {
    const added = { ...comment, id: this.nextId(), updatedAt: comment.createdAt, isResolved: false };
    pull.reviewComments.push(added);
    return added;
  }

  deleteComment(id: number): void {
    const found = this.comments.get(id);
    if (!found) throw notFound();
    found.pull.comments.splice(found.pull.comments.indexOf(found.comment), 1);
    this.comments.delete(id);
  }

  #installation(options: InstallationOptions): FakeInstallation {
    const repositories = new Map<string, FakeRepository>();
    for (const { name, pulls = [], commits = [], workflows = [] } of options.repositories) {
      const shas = [...commits, ...pulls.map((pull) => pull.headSha)];
      repositories.set(name.toLowerCase(), {
        id: this.nextId(),
        owner: options.account,
        name,
        pulls: new Map(pulls.map((pull) => [pull.number, newPull(pull)])),
        commits: new Map(shas.map((sha) => [sha, { statuses: [], checkRuns: [] }])),
        workflows: workflows.map((one) => this.#workflow(one)),
      });
    }
    const permissions = options.permissions ?? ALL_PERMISSIONS;
    return { id: options.id, account: options.account, permissions, suspended: false, repositories };
  }

  #workflow({ name, state = 'active', runs = [] }: WorkflowOptions): FakeWorkflow {
    const id = this.nextId();
    const usual = { branch: 'main', status: 'completed', conclusion: 'success' };
    return {
      ...{ id, name, state },
      runs: runs.map((run, index) => ({ ...usual, id: this.nextId(), number: index + 1, ...run })),
    };
  }
}

function newPull(pull: Pick<FakePull, 'number' | 'headSha'> & Partial<FakePull>): FakePull {
  const empty = { files: [], hidden: [], comments: [], reviews: [], reviewComments: [] };
  return { locked: false, draft: false, state: 'open', ...empty, ...pull };
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
