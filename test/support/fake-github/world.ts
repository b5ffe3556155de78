import { notFound } from './answer.ts';
import type { Permissions } from './auth.ts';

export interface Author {
  readonly login: string;
  readonly type: 'Bot' | 'User';
  /** Whether it was written through our app. */
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
  /** False makes it the run of another app. */
  viaApp: boolean;
}

export interface FakePull {
  readonly number: number;
  readonly headSha: string;
  locked: boolean;
  state: 'open' | 'closed';
  readonly comments: FakeComment[];
}

export interface FakeRepository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly pulls: Map<number, FakePull>;
  /** Each known commit with its statuses, oldest first, and its check runs. */
  readonly commits: Map<string, { readonly statuses: FakeStatus[]; readonly checkRuns: FakeCheckRun[] }>;
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
  /** All that annotating needs, if absent. */
  readonly permissions?: Permissions;
  readonly repositories: readonly {
    readonly name: string;
    readonly pulls?: readonly { readonly number: number; readonly headSha: string }[];
    /** Commits beside the heads of the pull requests. */
    readonly commits?: readonly string[];
  }[];
}

const ALL_PERMISSIONS = { checks: 'write', metadata: 'read', pull_requests: 'write', statuses: 'write' };

/** What GitHub stores. */
export class World {
  readonly installations = new Map<number, FakeInstallation>();
  readonly comments = new Map<number, { repository: FakeRepository; pull: FakePull; comment: FakeComment }>();
  readonly checkRuns = new Map<number, { repository: FakeRepository; run: FakeCheckRun }>();
  readonly #start: readonly InstallationOptions[];
  #lastId = 1_000;

  constructor(start: readonly InstallationOptions[]) {
    this.#start = start;
    this.reset();
  }

  /** Back to the start; ids go on, as GitHub's do. */
  reset(): void {
    this.installations.clear();
    this.comments.clear();
    this.checkRuns.clear();
    for (const options of this.#start) this.installations.set(options.id, this.#installation(options));
  }

  /** How many comments, statuses and check runs it shows: of a context or a name on a commit, the newest. */
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

  /** Throws 404 for what does not exist; names are compared as GitHub does, without case. */
  repository(owner: string, name: string): { installation: FakeInstallation; repository: FakeRepository } {
    for (const installation of this.installations.values()) {
      if (!sameName(installation.account, owner)) continue;
      const repository = installation.repositories.get(name.toLowerCase());
      if (repository) return { installation, repository };
    }
    throw notFound();
  }

  addComment(repository: FakeRepository, pull: FakePull, author: Author, body: string, at: string): FakeComment {
    const comment = { id: this.nextId(), author, body, createdAt: at, updatedAt: at };
    pull.comments.push(comment);
    this.comments.set(comment.id, { repository, pull, comment });
    return comment;
  }

  deleteComment(id: number): void {
    const found = this.comments.get(id);
    if (!found) throw notFound();
    found.pull.comments.splice(found.pull.comments.indexOf(found.comment), 1);
    this.comments.delete(id);
  }

  #installation(options: InstallationOptions): FakeInstallation {
    const repositories = new Map<string, FakeRepository>();
    for (const { name, pulls = [], commits = [] } of options.repositories) {
      const shas = [...commits, ...pulls.map((pull) => pull.headSha)];
      repositories.set(name.toLowerCase(), {
        id: this.nextId(),
        owner: options.account,
        name,
        pulls: new Map(pulls.map((pull) => [pull.number, { ...pull, locked: false, state: 'open', comments: [] }])),
        commits: new Map(shas.map((sha) => [sha, { statuses: [], checkRuns: [] }])),
      });
    }
    const permissions = options.permissions ?? ALL_PERMISSIONS;
    return { id: options.id, account: options.account, permissions, suspended: false, repositories };
  }
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
