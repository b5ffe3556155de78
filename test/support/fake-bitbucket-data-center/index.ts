import { FakeScm } from '../fake-vendor/fake-scm.ts';
import { FakeServer, type ServerOptions } from './server.ts';
import {
  type FakeBuild,
  type FakeComment,
  type FakePullRequest,
  type FakeReport,
  type FakeToken,
  type FakeUser,
  type RepositoryOptions,
  World,
} from './world.ts';

export type { FakeChangedFile, FakeComment, FakePullRequest, FakeToken } from './world.ts';

export interface FakeBitbucketOptions extends Partial<ServerOptions> {
  readonly repositories: readonly RepositoryOptions[];
  /** The users of tokens, by token value. */
  readonly tokens: Readonly<Record<string, FakeUser>>;
  readonly version?: string;
}

const PERSON: FakeUser = { id: 7, name: 'alice', type: 'NORMAL' };

/** A Bitbucket Data Center for tests: stores data, checks requests against Atlassian's description, misbehaves on demand. */
export class FakeBitbucketDataCenter extends FakeScm<World, FakeServer> {
  readonly #options: FakeBitbucketOptions;

  constructor(world: World, server: FakeServer, options: FakeBitbucketOptions) {
    super(world, server);
    this.#options = options;
    this.#issueTokens();
  }

  token(value: string): FakeToken {
    return this.server.tokens.get(value)!;
  }

  pullRequest(projectKey: string, slug: string, id: number): FakePullRequest {
    const found = this.world.repository(projectKey, slug).pullRequests.get(id);
    if (!found) throw new Error(`no pull request ${id}`);
    return found;
  }

  builds(projectKey: string, slug: string, sha: string): readonly FakeBuild[] {
    return [...(this.world.repository(projectKey, slug).builds.get(sha)?.values() ?? [])];
  }

  reports(projectKey: string, slug: string, sha: string): readonly FakeReport[] {
    return [...(this.world.repository(projectKey, slug).reports.get(sha)?.values() ?? [])];
  }

  /** Adds a comment by another person. */
  addForeignComment(pullRequest: FakePullRequest, text: string): FakeComment {
    return this.world.addComment(pullRequest, PERSON, text, null);
  }

  /** Adds a reply by a person. */
  addReply(comment: FakeComment, text: string): void {
    const said = { id: this.world.nextId(), version: 0, author: PERSON, text, anchor: null, resolvedBy: null };
    comment.replies.push({ ...said, replies: [] });
  }

  /** Resolves the comment as a person. */
  resolve(comment: FakeComment): void {
    comment.resolvedBy = PERSON;
    comment.version += 1;
  }

  override reset(): void {
    super.reset();
    this.#issueTokens();
  }

  #issueTokens(): void {
    for (const [value, user] of Object.entries(this.#options.tokens)) {
      this.server.tokens.set(value, { user, expired: false, locked: false });
    }
  }
}

/** Starts a Bitbucket Data Center on a free port of 127.0.0.1. */
export async function startFakeBitbucketDataCenter(options: FakeBitbucketOptions): Promise<FakeBitbucketDataCenter> {
  const { basePath = '', hidesUser = false, rateLimit = null, version = '9.4.0' } = options;
  const world = new World(options.repositories);
  const server = new FakeServer({ basePath, hidesUser, rateLimit });
  const url = await server.listen();
  server.serve({ world, url, version });
  return new FakeBitbucketDataCenter(world, server, options);
}
