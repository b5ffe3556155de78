import { notFound } from './answer.ts';

export interface FakeUser {
  readonly id: number;
  readonly username: string;
  readonly bot: boolean;
  state: string;
}

export interface FakeToken {
  readonly id: number;
  readonly user: FakeUser;
  scopes: string[];
  /** Permissions of a fine-grained token, such as `User: Read`. Its only scope is `granular`. */
  permissions: string[];
  expiresAt: string | null;
  revoked: boolean;
  /** A CI job token is not an access token; it describes its job. */
  readonly kind: 'access' | 'job';
}

export interface FakeNote {
  readonly id: number;
  readonly author: FakeUser;
  readonly system: boolean;
  body: string;
}

export interface FakePosition {
  readonly position_type: 'text' | 'file';
  readonly old_path: string;
  readonly new_path: string;
  readonly old_line?: number;
  readonly new_line?: number;
  readonly head_sha: string;
  readonly [field: string]: unknown;
}

export interface FakeDiscussion {
  readonly id: string;
  readonly notes: FakeNote[];
  readonly position: FakePosition | null;
  /** True for a comment that begins no thread. */
  readonly individual: boolean;
  resolvedBy: FakeUser | null;
}

export interface FakeChangedFile {
  readonly old_path: string;
  readonly new_path: string;
  readonly deleted_file?: boolean;
  readonly renamed_file?: boolean;
  readonly diff: string;
}

export interface FakeVersion {
  readonly id: number;
  readonly base: string;
  readonly start: string;
  readonly head: string;
  files: readonly FakeChangedFile[];
}

export interface FakeMergeRequest {
  readonly id: number;
  readonly iid: number;
  state: 'opened' | 'closed' | 'locked' | 'merged';
  draft: boolean;
  discussionLocked: boolean;
  readonly sourceBranch: string;
  readonly sourceProject: number;
  /** Newest first, as GitLab lists them. */
  readonly versions: FakeVersion[];
  readonly discussions: FakeDiscussion[];
  /** Lines that the listed diff shows, but on which GitLab accepts no remark. */
  hidden: readonly number[];
}

export interface FakeStatus {
  readonly id: number;
  readonly author: FakeUser;
  readonly name: string;
  readonly ref: string;
  readonly pipeline: number;
  status: string;
  description: string | null;
  targetUrl: string | null;
}

export interface FakePipeline {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly source: string;
  status: string;
  readonly createdAt: string;
  /** True if the instance has archived the pipeline for its age. It then accepts no statuses. */
  archived: boolean;
  /** The names of the jobs that CI runs in the pipeline. */
  readonly jobs: readonly string[];
}

export type PipelineOptions = Pick<FakePipeline, 'sha' | 'ref' | 'source'> & Partial<FakePipeline>;

export interface FakeCommit {
  readonly branches: readonly string[];
  readonly statuses: FakeStatus[];
  readonly parents?: readonly string[];
}

export interface FakeProject {
  readonly id: number;
  path: string;
  readonly mergeRequests: Map<number, FakeMergeRequest>;
  readonly pipelines: FakePipeline[];
  /** Each known commit with the branches that contain it, and its statuses, oldest first. */
  readonly commits: Map<string, FakeCommit>;
  archived: boolean;
  /** Branches to which only access levels of 40 and above may push or merge. */
  protectedBranches: readonly string[];
  /** Whether CI/CD is enabled for the project. */
  hasCi: boolean;
  /** The access level of the token's user: 20 for a reporter, 30 for a developer. */
  accessLevel: number;
}

export interface ProjectOptions {
  readonly path: string;
  readonly accessLevel?: number;
  readonly pipelines?: readonly PipelineOptions[];
  readonly hasCi?: boolean;
  readonly commits?: readonly { readonly sha: string; readonly branches?: readonly string[] }[];
  readonly mergeRequests?: readonly {
    readonly iid: number;
    readonly headSha: string;
    readonly files?: readonly FakeChangedFile[];
    /** The path of the fork from which it comes. */
    readonly from?: string;
  }[];
}

/** The data that GitLab stores. */
export class World {
  readonly projects: FakeProject[] = [];
  /** Whether the token's user may resolve discussions, which requires more rights than commenting. */
  mayResolve = true;
  /** Whether positions without a line are supported, as from 16.4 on. */
  knowsFilePositions = true;
  /** True if another client holds the lock on the statuses of a commit. */
  isLocked = false;
  maxJobs = Infinity;
  readonly #moved = new Map<string, number>();
  readonly #start: readonly ProjectOptions[];
  #lastId = 1_000;

  constructor(start: readonly ProjectOptions[]) {
    this.#start = start;
    this.reset();
  }

  /** Restores the initial state. Ids keep increasing, as at GitLab. */
  reset(): void {
    this.projects.length = 0;
    this.#moved.clear();
    Object.assign(this, { mayResolve: true, knowsFilePositions: true, isLocked: false, maxJobs: Infinity });
    for (const options of this.#start) this.projects.push(this.#project(options));
    for (const [index, { mergeRequests = [] }] of this.#start.entries()) {
      for (const one of mergeRequests) this.#addMergeRequest(this.projects[index]!, one);
    }
  }

  nextId(): number {
    return ++this.#lastId;
  }

  newPipeline(pipeline: PipelineOptions): FakePipeline {
    const createdAt = '2026-01-01T00:00:00.000Z';
    return { id: this.nextId(), status: 'running', createdAt, archived: false, jobs: [], ...pipeline };
  }

  /** By path or number, as in a URL. */
  project(id: string): FakeProject {
    const found = this.projects.find(
      ({ id: number, path }) => path.toLowerCase() === id.toLowerCase() || String(number) === id,
    );
    if (!found) throw notFound('Project');
    return found;
  }

  /** Moves the project. The old path then redirects to the project's number. */
  move(path: string, newPath: string): void {
    const project = this.project(path);
    project.path = newPath;
    this.#moved.set(path.toLowerCase(), project.id);
  }

  /** The number of the project that had this path before; null if none had. */
  movedTo(path: string): number | null {
    return this.#moved.get(path.toLowerCase()) ?? null;
  }

  /** Simulates a push to the branch of a merge request. */
  push(mergeRequest: FakeMergeRequest, head: string, files: readonly FakeChangedFile[]): void {
    const [before] = mergeRequest.versions;
    mergeRequest.versions.unshift({ ...before!, id: this.nextId(), head, files });
    for (const project of this.projects) {
      if (!project.commits.has(head)) project.commits.set(head, { branches: [], statuses: [] });
    }
  }

  addDiscussion(
    mergeRequest: FakeMergeRequest,
    author: FakeUser,
    body: string,
    more: Partial<Pick<FakeDiscussion, 'position' | 'individual'>> & { readonly system?: boolean } = {},
  ): FakeDiscussion {
    const { position = null, individual = false, system = false } = more;
    const id = this.nextId();
    const notes = [{ id, author, system, body }];
    const discussion = { id: String(id).padStart(40, '0'), notes, position, individual, resolvedBy: null };
    mergeRequest.discussions.push(discussion);
    return discussion;
  }

  deleteNote(mergeRequest: FakeMergeRequest, id: number): void {
    const discussion = mergeRequest.discussions.find(({ notes }) => notes.some((note) => note.id === id));
    if (!discussion) throw notFound('Note');
    discussion.notes.splice(
      discussion.notes.findIndex((note) => note.id === id),
      1,
    );
    if (discussion.notes.length === 0) mergeRequest.discussions.splice(mergeRequest.discussions.indexOf(discussion), 1);
  }

  /** Number of visible comments and statuses: the newest of each name in a pipeline. */
  get shown(): number {
    return this.projects
      .map(({ mergeRequests, commits }) => {
        const discussions = [...mergeRequests.values()].map((one) => one.discussions.length);
        const names = [...commits.values()].map(
          ({ statuses }) => new Set(statuses.map(({ name, pipeline }) => `${pipeline} ${name}`)).size,
        );
        return [...discussions, ...names].reduce((sum, count) => sum + count, 0);
      })
      .reduce((sum, count) => sum + count, 0);
  }

  #project(options: ProjectOptions): FakeProject {
    const { path, accessLevel = 30, hasCi = true, pipelines = [], commits = [], mergeRequests = [] } = options;
    const heads = mergeRequests.map(({ iid, headSha: sha, from }) => ({ sha, branches: from ? [] : [`topic-${iid}`] }));
    return {
      id: this.#start.findIndex((one) => one.path === path) + 1,
      ...{ path, accessLevel, hasCi, archived: false, protectedBranches: [], mergeRequests: new Map() },
      pipelines: pipelines.map((pipeline) => this.newPipeline(pipeline)),
      commits: new Map([...commits, ...heads].map(({ sha, branches = [] }) => [sha, { branches, statuses: [] }])),
    };
  }

  #addMergeRequest(project: FakeProject, one: NonNullable<ProjectOptions['mergeRequests']>[number]): void {
    const { iid, headSha: head, files = [], from = project.path } = one;
    const version = { id: this.nextId(), base: 'b'.repeat(40), start: 'c'.repeat(40), head, files };
    project.mergeRequests.set(iid, {
      ...{ id: this.nextId(), iid, state: 'opened', draft: false, discussionLocked: false },
      ...{ sourceBranch: `topic-${iid}`, sourceProject: this.project(from).id },
      ...{ versions: [version], discussions: [], hidden: [] },
    });
  }
}
