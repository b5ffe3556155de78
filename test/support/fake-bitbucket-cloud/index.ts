import { FakeScm } from '../fake-vendor/fake-scm.ts';
import { FakeServer } from './server.ts';
import {
  type FakeAccount,
  type FakeChangedFile,
  type FakeComment,
  type FakePullRequest,
  type FakeReport,
  type FakeStatus,
  type FakeToken,
  newCommit,
  type RepositoryOptions,
  uuidOf,
  World,
} from './world.ts';

export type { FakeChangedFile, FakeComment, FakePullRequest, FakeToken } from './world.ts';

export interface FakeBitbucketCloudOptions {
  readonly repositories: readonly RepositoryOptions[];
  /** Kind and scopes of each credential, by its text in the secret. */
  readonly credentials: Readonly<Record<string, Pick<FakeToken, 'kind' | 'scopes'>>>;
}

const PERSON: FakeAccount = { type: 'user', uuid: uuidOf(900), display_name: 'Alice', nickname: 'alice' };
/** The account that credentials of each kind act as. */
const ACCOUNTS: Readonly<Record<FakeToken['kind'], FakeAccount>> = {
  api_token: {
    type: 'user',
    uuid: uuidOf(901),
    display_name: 'Scan Bot',
    nickname: 'scan-bot',
    account_id: '557058:1',
  },
  repo_access_token: { type: 'app_user', uuid: uuidOf(902), display_name: 'scan', kind: 'repository_access_token' },
  workspace_access_token: {
    type: 'app_user',
    uuid: uuidOf(903),
    display_name: 'scans',
    kind: 'workspace_access_token',
  },
  oauth2: { type: 'team', uuid: uuidOf(904), display_name: 'Acme', username: 'acme' },
};

/** A Bitbucket Cloud for tests: it stores data, checks requests against Atlassian's description, and misbehaves on demand. */
export class FakeBitbucketCloud extends FakeScm<World, FakeServer> {
  readonly #options: FakeBitbucketCloudOptions;

  constructor(world: World, server: FakeServer, options: FakeBitbucketCloudOptions) {
    super(world, server);
    this.#options = options;
    this.reset();
  }

  /** Access tokens issued for client credentials. */
  get issued(): readonly string[] {
    return this.server.desk.issued;
  }

  token(credential: string): FakeToken {
    return this.server.desk.get(credential);
  }

  /** Revokes the issued access tokens. */
  revokeMinted(): void {
    this.server.desk.revokeMinted();
  }

  set isNearLimit(isNear: boolean) {
    this.server.isNearLimit = isNear;
  }

  pullRequest(workspace: string, slug: string, id: number): FakePullRequest {
    const found = this.world.repository(workspace, slug).pullRequests.get(id);
    if (!found) throw new Error(`no pull request ${id}`);
    return found;
  }

  /** In the order of the first use of their keys. */
  statuses(workspace: string, slug: string, sha: string): readonly FakeStatus[] {
    return [...(this.world.repository(workspace, slug).commits.get(sha)?.statuses.values() ?? [])];
  }

  /** In order of creation. */
  reports(workspace: string, slug: string, sha: string): readonly FakeReport[] {
    return [...(this.world.repository(workspace, slug).commits.get(sha)?.reports.values() ?? [])];
  }

  /** A comment that was not written with a credential under test. */
  addForeignComment(pullRequest: FakePullRequest, raw: string): FakeComment {
    return this.world.addComment(pullRequest, PERSON, raw);
  }

  /** Adds a reply by a person. */
  addReply(pullRequest: FakePullRequest, { id }: FakeComment, raw: string): FakeComment {
    return this.world.addComment(pullRequest, PERSON, raw, { parent: id });
  }

  /** Resolves the comment as a person. */
  resolve(comment: FakeComment): void {
    comment.resolvedBy = PERSON;
  }

  /** Simulates a push to the branch of a pull request. */
  push(workspace: string, slug: string, id: number, headSha: string, files: readonly FakeChangedFile[]): void {
    Object.assign(this.pullRequest(workspace, slug, id), { headSha, files });
    this.world.repository(workspace, slug).commits.set(headSha, newCommit());
  }

  /** Access tokens stay valid. */
  override reset(): void {
    super.reset();
    const known = Object.entries(this.#options.credentials);
    this.server.desk.know(
      Object.fromEntries(known.map(([value, token]) => [value, { ...token, account: ACCOUNTS[token.kind] }])),
    );
    this.server.isNearLimit = false;
  }
}

/** Starts a Bitbucket on a free port of 127.0.0.1. */
export async function startFakeBitbucketCloud(options: FakeBitbucketCloudOptions): Promise<FakeBitbucketCloud> {
  const world = new World(options.repositories);
  const server = new FakeServer({ world });
  await server.listen();
  return new FakeBitbucketCloud(world, server, options);
}
