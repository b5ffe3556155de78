import { notFound } from './answer.ts';

export interface FakeUser {
  readonly id: number;
  readonly name: string;
  readonly type: 'NORMAL' | 'SERVICE';
}

export type FakePermission = 'REPO_READ' | 'REPO_WRITE' | 'REPO_ADMIN';

export interface FakeToken {
  readonly user: FakeUser;
  expired: boolean;
  /** True after too many wrong passwords: a person has to solve a CAPTCHA first. */
  locked: boolean;
}

/** An anchor as sent, except for fields that versions before 9.2 drop. */
export interface FakeAnchor {
  readonly path: string;
  readonly srcPath?: string;
  readonly line?: number;
  readonly lineType?: 'ADDED' | 'REMOVED' | 'CONTEXT';
  readonly fileType?: 'FROM' | 'TO';
  readonly diffType?: string;
  readonly multilineMarker?: { readonly startLine: number; readonly startLineType: string };
  readonly multilineSpan?: Readonly<Record<string, number>>;
}

export interface FakeComment {
  readonly id: number;
  readonly author: FakeUser;
  readonly anchor: FakeAnchor | null;
  readonly replies: FakeComment[];
  version: number;
  text: string;
  resolvedBy: FakeUser | null;
}

export interface FakeChangedFile {
  readonly path: string;
  /** The file's previous path. */
  readonly srcPath?: string;
  readonly isDeleted?: true;
  /** The hunks of the diff. */
  readonly patch: string;
}

export interface FakePullRequest {
  readonly id: number;
  state: 'OPEN' | 'MERGED' | 'DECLINED';
  draft: boolean;
  head: string;
  files: readonly FakeChangedFile[];
  readonly comments: FakeComment[];
  /** Lines that the diff shows, but on which Bitbucket accepts no comment. */
  hidden: readonly number[];
}

export interface FakeBuild {
  readonly key: string;
  readonly [field: string]: unknown;
}

export interface FakeReport {
  readonly creator: FakeUser;
  body: Readonly<Record<string, unknown>>;
  annotations: readonly Readonly<Record<string, unknown>>[];
}

export interface FakeRepository {
  readonly id: number;
  /** `~alice` for a personal project. */
  readonly projectKey: string;
  readonly slug: string;
  readonly isPublic: boolean;
  readonly pullRequests: Map<number, FakePullRequest>;
  /** By commit and key. */
  readonly builds: Map<string, Map<string, FakeBuild>>;
  readonly reports: Map<string, Map<string, FakeReport>>;
  /** The token's permission; null for no more than an anonymous user has. */
  permission: FakePermission | null;
  archived: boolean;
}

export interface RepositoryOptions {
  readonly projectKey: string;
  readonly slug: string;
  readonly isPublic?: boolean;
  readonly permission?: FakePermission | null;
  readonly commits?: readonly string[];
  readonly pullRequests?: readonly {
    readonly id: number;
    readonly headSha: string;
    readonly files?: readonly FakeChangedFile[];
  }[];
}

const MAX_ANNOTATIONS = 1_000;

/** The data that Bitbucket stores. */
export class World {
  readonly repositories: FakeRepository[] = [];
  /** Most annotations of a report, as configured by an administrator. */
  maxAnnotations = MAX_ANNOTATIONS;
  readonly #start: readonly RepositoryOptions[];
  #lastId = 1_000;

  constructor(start: readonly RepositoryOptions[]) {
    this.#start = start;
    this.reset();
  }

  /** Restores the initial state. Ids keep increasing, as at Bitbucket. */
  reset(): void {
    this.maxAnnotations = MAX_ANNOTATIONS;
    this.repositories.splice(0, Infinity, ...this.#start.map((options, index) => repositoryOf(options, index + 1)));
  }

  nextId(): number {
    return ++this.#lastId;
  }

  repository(projectKey: string, slug: string): FakeRepository {
    const found = this.repositories.find(
      (one) => one.projectKey.toLowerCase() === projectKey.toLowerCase() && one.slug === slug,
    );
    if (!found) throw notFound('repository.NoSuchRepository');
    return found;
  }

  addComment({ comments }: FakePullRequest, author: FakeUser, text: string, anchor: FakeAnchor | null): FakeComment {
    const comment = { id: this.nextId(), version: 0, author, text, anchor, replies: [], resolvedBy: null };
    comments.push(comment);
    return comment;
  }
}

function repositoryOf(options: RepositoryOptions, id: number): FakeRepository {
  const { projectKey, slug, isPublic = false, permission = 'REPO_WRITE', pullRequests = [], commits = [] } = options;
  const shas = [...commits, ...pullRequests.map(({ headSha }) => headSha)];
  return {
    ...{ id, projectKey, slug, isPublic, permission, archived: false },
    pullRequests: new Map(
      pullRequests.map(({ id: number, headSha: head, files = [] }) => [
        number,
        { id: number, state: 'OPEN', draft: false, head, files, comments: [], hidden: [] },
      ]),
    ),
    builds: new Map(shas.map((sha) => [sha, new Map()])),
    reports: new Map(shas.map((sha) => [sha, new Map()])),
  };
}
