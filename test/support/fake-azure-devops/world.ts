import { refusal } from './answer.ts';

export interface FakeIdentity {
  readonly id: string;
  readonly displayName: string;
  readonly uniqueName: string;
}

export interface FakeComment {
  readonly id: number;
  readonly author: FakeIdentity;
  readonly commentType: 'text' | 'system';
  content: string;
  isDeleted: boolean;
}

interface FakePlace {
  readonly line: number;
  readonly offset: number;
}

export interface FakeThreadContext {
  readonly filePath: string;
  readonly leftFileStart?: FakePlace;
  readonly leftFileEnd?: FakePlace;
  readonly rightFileStart?: FakePlace;
  readonly rightFileEnd?: FakePlace;
}

export interface FakePullRequestThreadContext {
  readonly changeTrackingId: number;
  readonly iterationContext: { readonly firstComparingIteration: number; readonly secondComparingIteration: number };
}

export interface FakeThread {
  readonly id: number;
  readonly comments: FakeComment[];
  readonly threadContext: FakeThreadContext | null;
  readonly pullRequestThreadContext: FakePullRequestThreadContext | null;
  status: string;
}

export interface FakeChange {
  /** The path from the repository's root, with a leading slash. */
  readonly path: string;
  readonly changeType: string;
  readonly originalPath?: string;
  /** The text of the file after the change, if it matters. */
  readonly content?: string;
}

export interface FakeIteration {
  readonly id: number;
  readonly head: string;
  readonly changes: readonly FakeChange[];
}

export interface FakeStatus {
  readonly id: number;
  readonly createdBy: FakeIdentity;
  readonly state: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly name: string;
  readonly genre: string;
  readonly iterationId: number | null;
}

export interface FakePullRequest {
  readonly id: number;
  status: 'active' | 'abandoned' | 'completed';
  isDraft: boolean;
  /** False for a pull request that a program created without asking for iterations. */
  supportsIterations: boolean;
  /** Oldest first, as Azure DevOps lists them. */
  readonly iterations: FakeIteration[];
  readonly threads: FakeThread[];
  readonly statuses: FakeStatus[];
}

export interface FakeRepository {
  readonly id: string;
  readonly name: string;
  readonly isDisabled: boolean;
  readonly pullRequests: Map<number, FakePullRequest>;
  /** Each known commit with its statuses, oldest first. */
  readonly commits: Map<string, FakeStatus[]>;
}

export interface FakeBuild {
  readonly id: number;
  readonly buildNumber: string;
  status: string;
  result?: string;
  readonly queueTime: string;
  readonly startTime?: string;
  readonly finishTime?: string;
  readonly sourceBranch: string;
  readonly sourceVersion: string;
}

export interface FakeDefinition {
  readonly id: number;
  readonly name: string;
  /** `\\` or `\\folder`. */
  readonly path: string;
  queueStatus: 'enabled' | 'paused' | 'disabled';
  /** If `type` is TfsGit, `name` is a repository of the project. */
  readonly repository: { readonly type: string; readonly name: string };
  /** Oldest first. */
  readonly builds: readonly FakeBuild[];
}

export interface DefinitionOptions extends Partial<Omit<FakeDefinition, 'builds'>> {
  readonly name: string;
  readonly builds?: readonly (Partial<FakeBuild> & Pick<FakeBuild, 'queueTime' | 'sourceVersion'>)[];
}

export interface FakeProject {
  readonly id: string;
  readonly name: string;
  readonly visibility: 'private' | 'public';
  readonly repositories: FakeRepository[];
  /** The account's permission bits in the security namespace of Git repositories. */
  permissions: number;
  /** The account's permission bits in the security namespace of builds. */
  buildPermissions: number;
  readonly definitions: FakeDefinition[];
}

export interface ProjectOptions {
  readonly name: string;
  readonly visibility?: 'private' | 'public';
  readonly definitions?: readonly DefinitionOptions[];
  readonly repositories: readonly {
    readonly name: string;
    readonly isDisabled?: boolean;
    readonly commits?: readonly string[];
    readonly pullRequests?: readonly {
      readonly id: number;
      readonly headSha: string;
      readonly changes?: readonly FakeChange[];
    }[];
  }[];
}

export const BUILD_PERMISSIONS = { ViewBuilds: 1, ViewBuildDefinition: 1_024 } as const;
export const PERMISSIONS = { GenericRead: 2, GenericContribute: 4, PullRequestContribute: 16_384 } as const;

/** The data that Azure DevOps stores. */
export class World {
  readonly projects: FakeProject[] = [];
  /** The newest API version that it supports. */
  apiVersion = '7.1';
  deploymentType: 'hosted' | 'onPremises' = 'hosted';
  /** True to treat the caller as anonymous when it asks for its identity. */
  isAnonymous = false;
  readonly #start: readonly ProjectOptions[];
  #lastId = 1_000;

  constructor(start: readonly ProjectOptions[]) {
    this.#start = start;
    this.reset();
  }

  /** Restores the initial state. Ids keep increasing, as at Azure DevOps. */
  reset(): void {
    Object.assign(this, { apiVersion: '7.1', deploymentType: 'hosted', isAnonymous: false });
    this.projects.length = 0;
    let number = 0;
    for (const { name, visibility = 'private', repositories, definitions = [] } of this.#start) {
      this.projects.push({
        ...{ id: guid(++number), name, visibility },
        permissions: PERMISSIONS.GenericRead | PERMISSIONS.GenericContribute | PERMISSIONS.PullRequestContribute,
        buildPermissions: BUILD_PERMISSIONS.ViewBuilds | BUILD_PERMISSIONS.ViewBuildDefinition,
        repositories: repositories.map((one) => repositoryFrom(one, guid(++number))),
        definitions: definitions.map((one) => this.#definition(one)),
      });
    }
  }

  nextId(): number {
    return ++this.#lastId;
  }

  /** By name or id, as in a URL. */
  project(id: string): FakeProject {
    const found = this.projects.find((one) => one.name.toLowerCase() === id.toLowerCase() || one.id === id);
    if (found) return found;
    const message = `TF200016: The following project does not exist: ${id}.`;
    throw refusal(404, 'ProjectDoesNotExistWithNameException', message);
  }

  repository(project: string, id: string): FakeRepository {
    const { repositories } = this.project(project);
    const found = repositories.find((one) => one.name.toLowerCase() === id.toLowerCase() || one.id === id);
    if (found) return found;
    const message = `TF401019: The Git repository with name or identifier ${id} does not exist or you do not have permissions for the operation you are attempting.`;
    throw refusal(404, 'GitRepositoryNotFoundException', message);
  }

  #definition({ builds = [], ...options }: DefinitionOptions): FakeDefinition {
    return {
      ...{ id: this.nextId(), path: '\\', queueStatus: 'enabled' },
      repository: { type: 'TfsGit', name: 'shop' },
      ...options,
      builds: builds.map((build, index) => ({
        ...{ id: this.nextId(), buildNumber: `20261126.${index + 1}`, sourceBranch: 'refs/heads/main' },
        ...{ status: 'completed', result: 'succeeded', ...build },
      })),
    };
  }

  /** Simulates a push to the branch of a pull request. */
  push(project: string, repository: string, pullRequest: number, head: string, changes: readonly FakeChange[]): void {
    const { pullRequests, commits } = this.repository(project, repository);
    const { iterations } = pullRequests.get(pullRequest)!;
    iterations.push({ id: iterations.length + 1, head, changes });
    if (!commits.has(head)) commits.set(head, []);
  }

  addThread(
    { threads }: FakePullRequest,
    author: FakeIdentity,
    content: string,
    more: Partial<Pick<FakeThread, 'status' | 'threadContext' | 'pullRequestThreadContext'>> = {},
  ): FakeThread {
    const comment: FakeComment = { id: 1, author, commentType: 'text', content, isDeleted: false };
    const places = { threadContext: null, pullRequestThreadContext: null };
    const thread = { id: this.nextId(), comments: [comment], status: 'active', ...places, ...more };
    threads.push(thread);
    return thread;
  }

  /** Number of visible comments and statuses: of each context the newest, on the commit and its pull requests. */
  get shown(): number {
    const repositories = this.projects.flatMap((one) => one.repositories);
    const pulls = repositories.flatMap(({ pullRequests }) => [...pullRequests.values()]);
    const comments = pulls.flatMap(({ threads }) => threads.flatMap((thread) => thread.comments));
    const statuses = repositories.flatMap(({ commits }) => [...commits.values()].flat());
    const contexts = [...statuses, ...pulls.flatMap((pull) => pull.statuses)].map(
      ({ genre, name }) => `${genre}/${name}`,
    );
    return comments.filter(({ isDeleted }) => !isDeleted).length + new Set(contexts).size;
  }
}

export function guid(number: number): string {
  return `${String(number).padStart(8, '0')}-0000-4000-8000-000000000000`;
}

function repositoryFrom(options: ProjectOptions['repositories'][number], id: string): FakeRepository {
  const { name, isDisabled = false, commits = [], pullRequests = [] } = options;
  const pulls = pullRequests.map(({ id: number, headSha, changes = [] }): FakePullRequest => {
    const iterations = [{ id: 1, head: headSha, changes }];
    return {
      id: number,
      status: 'active',
      isDraft: false,
      supportsIterations: true,
      iterations,
      threads: [],
      statuses: [],
    };
  });
  const known = [...commits, ...pullRequests.map(({ headSha }) => headSha)];
  return {
    ...{ id, name, isDisabled },
    pullRequests: new Map(pulls.map((one) => [one.id, one])),
    commits: new Map(known.map((sha) => [sha, []])),
  };
}
