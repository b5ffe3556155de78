import { notFound } from './answer.ts';

export interface FakeAccount {
  readonly type: 'user' | 'app_user' | 'team';
  readonly uuid: string;
  readonly display_name: string;
  readonly [field: string]: unknown;
}

/** A credential of a request. Access tokens belong to a bot that `/user` does not show. */
export interface FakeToken {
  readonly kind: 'api_token' | 'repo_access_token' | 'workspace_access_token' | 'oauth2';
  readonly account: FakeAccount;
  scopes: string[];
}

export interface FakeInline {
  readonly path: string;
  readonly to?: number | null;
  readonly from?: number | null;
  readonly start_to?: number | null;
  readonly start_from?: number | null;
}

export interface FakeComment {
  readonly id: number;
  readonly author: FakeAccount;
  readonly inline: FakeInline | null;
  readonly parent: number | null;
  raw: string;
  deleted: boolean;
  resolvedBy: FakeAccount | null;
}

/** A changed file of a pull request; `patch` is its hunks. */
export interface FakeChangedFile {
  readonly path: string;
  readonly oldPath?: string;
  readonly isDeleted?: boolean;
  readonly patch: string;
}

export interface FakePullRequest {
  readonly id: number;
  state: 'OPEN' | 'MERGED' | 'DECLINED' | 'SUPERSEDED';
  draft: boolean;
  headSha: string;
  /** False if the branch is gone; its commits are then no longer listed. */
  branchExists: boolean;
  /** False if the repository of the branch, a fork, is gone. */
  sourceExists: boolean;
  files: readonly FakeChangedFile[];
  readonly comments: FakeComment[];
  /** Lines that the diff shows, but on which Bitbucket accepts no remark. */
  hidden: readonly number[];
}

export type FakeStatus = Readonly<Record<'key' | 'state' | 'url', string>> & Readonly<Record<string, unknown>>;

export interface FakeReport {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly annotations: Map<string, Readonly<Record<string, unknown>>>;
}

export interface FakeCommit {
  /** By key. */
  readonly statuses: Map<string, FakeStatus>;
  /** By external id. */
  readonly reports: Map<string, FakeReport>;
}

export interface FakeRepository {
  readonly workspace: string;
  readonly slug: string;
  readonly uuid: string;
  readonly pullRequests: Map<number, FakePullRequest>;
  readonly commits: Map<string, FakeCommit>;
}

export interface RepositoryOptions {
  readonly workspace: string;
  readonly slug: string;
  readonly commits?: readonly string[];
  readonly pullRequests?: readonly {
    readonly id: number;
    readonly headSha: string;
    readonly files?: readonly FakeChangedFile[];
  }[];
}

/** The data that Bitbucket stores. */
export class World {
  readonly repositories: FakeRepository[] = [];
  /** Whether the account may resolve comments. */
  mayResolve = true;
  readonly #start: readonly RepositoryOptions[];
  #lastId = 1_000;

  constructor(start: readonly RepositoryOptions[]) {
    this.#start = start;
    this.reset();
  }

  /** Restores the initial state. Ids keep increasing, as at Bitbucket. */
  reset(): void {
    this.mayResolve = true;
    this.repositories.splice(0, Infinity, ...this.#start.map(repositoryOf));
  }

  nextId(): number {
    return ++this.#lastId;
  }

  /** Throws 404. */
  repository(workspace: string, slug: string): FakeRepository {
    const found = this.repositories.find((one) => one.workspace === workspace && one.slug === slug);
    if (!found) throw notFound(`Repository ${workspace}/${slug}`);
    return found;
  }

  addComment(
    { comments }: FakePullRequest,
    author: FakeAccount,
    raw: string,
    more: Partial<Pick<FakeComment, 'inline' | 'parent'>> = {},
  ): FakeComment {
    const { inline = null, parent = null } = more;
    const comment = { id: this.nextId(), author, raw, inline, parent, deleted: false, resolvedBy: null };
    comments.push(comment);
    return comment;
  }

  /** Number of visible comments, statuses and reports. */
  get shown(): number {
    const counts = this.repositories.flatMap(({ pullRequests, commits }) => [
      ...[...pullRequests.values()].map(({ comments }) => comments.filter(({ deleted }) => !deleted).length),
      ...[...commits.values()].map(({ statuses, reports }) => statuses.size + reports.size),
    ]);
    return counts.reduce((sum, count) => sum + count, 0);
  }
}

export function newCommit(): FakeCommit {
  return { statuses: new Map(), reports: new Map() };
}

function repositoryOf({ workspace, slug, commits = [], pullRequests = [] }: RepositoryOptions, index: number) {
  const known = [...commits, ...pullRequests.map(({ headSha }) => headSha)];
  const opened = pullRequests.map(({ id, headSha, files = [] }): [number, FakePullRequest] => [
    id,
    {
      id,
      state: 'OPEN',
      draft: false,
      headSha,
      branchExists: true,
      sourceExists: true,
      files,
      comments: [],
      hidden: [],
    },
  ]);
  return {
    ...{ workspace, slug, uuid: uuidOf(index + 1) },
    pullRequests: new Map(opened),
    commits: new Map(known.map((sha) => [sha, newCommit()])),
  };
}

/** Bitbucket writes its UUIDs in braces. */
export function uuidOf(number: number): string {
  return `{00000000-0000-4000-8000-${String(number).padStart(12, '0')}}`;
}
