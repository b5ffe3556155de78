import { FakeScm } from '../fake-vendor/fake-scm.ts';
import type { FakePrincipal } from './entra.ts';
import type { FakeCredential, Scope } from './routes.ts';
import { FakeServer, type ServerOptions } from './server.ts';
import {
  type FakeIdentity,
  type FakePullRequest,
  type FakeRepository,
  type FakeStatus,
  type FakeThread,
  guid,
  type ProjectOptions,
  World,
} from './world.ts';

export { type FakeChange, type FakePullRequest, type FakeThread, PERMISSIONS } from './world.ts';

export interface FakeAzureDevOpsOptions extends Partial<Omit<ServerOptions, 'principal'>> {
  readonly projects: readonly ProjectOptions[];
  /** A valid personal access token. */
  readonly token: string;
  /** The scopes of that token; by default, those that annotating needs. */
  readonly scopes?: readonly Scope[];
  readonly principal: FakePrincipal;
}

const SCOPES = ['vso.project', 'vso.code', 'vso.code_status', 'vso.threads_full'] as const;
const BOT: FakeIdentity = { id: guid(501), displayName: 'Scanner', uniqueName: 'scanner@acme.example' };
const PERSON: FakeIdentity = { id: guid(7), displayName: 'Alice', uniqueName: 'alice@acme.example' };

/** An Azure DevOps for tests: it stores data, checks requests against the API's description, and misbehaves on demand. */
export class FakeAzureDevOps extends FakeScm<World, FakeServer> {
  readonly principal: FakePrincipal;
  readonly #options: FakeAzureDevOpsOptions;

  constructor(world: World, server: FakeServer, options: FakeAzureDevOpsOptions, principal: FakePrincipal) {
    super(world, server);
    this.principal = principal;
    this.#options = options;
    this.#issueToken();
  }

  /** The tokens that Entra ID has issued. */
  get issued(): readonly string[] {
    return this.server.issued;
  }

  /** The personal access token. */
  get token(): FakeCredential {
    return this.server.credentials.get(this.#options.token)!;
  }

  /** Extra headers of all answers from now on. */
  set headers(headers: Readonly<Record<string, string>>) {
    this.server.headers = headers;
  }

  /** Invalidates the tokens that Entra ID has issued. */
  revokeIssued(): void {
    for (const token of this.issued) this.server.credentials.delete(token);
  }

  repository(project: string, name: string): FakeRepository {
    return this.world.repository(project, name);
  }

  pullRequest(project: string, name: string, id: number): FakePullRequest {
    const found = this.repository(project, name).pullRequests.get(id);
    if (!found) throw new Error(`no pull request ${id}`);
    return found;
  }

  /** Oldest first. */
  statuses(project: string, name: string, sha: string): readonly FakeStatus[] {
    return this.repository(project, name).commits.get(sha) ?? [];
  }

  /** A comment that was not written with the credential under test. */
  addForeignThread(pullRequest: FakePullRequest, content: string): FakeThread {
    return this.world.addThread(pullRequest, PERSON, content);
  }

  /** Adds a reply by a person, or a system comment of Azure DevOps about an action. */
  addReply({ comments }: FakeThread, content: string, commentType: 'text' | 'system' = 'text'): void {
    comments.push({ id: comments.length + 1, author: PERSON, commentType, content, isDeleted: false });
  }

  override reset(): void {
    super.reset();
    this.#issueToken();
    Object.assign(this.principal, this.#options.principal);
    this.headers = {};
  }

  #issueToken(): void {
    const { scopes = SCOPES } = this.#options;
    this.server.credentials.set(this.#options.token, { identity: BOT, scopes, isExpired: false });
  }
}

/** Starts an Azure DevOps on a free port of 127.0.0.1. */
export async function startFakeAzureDevOps(options: FakeAzureDevOpsOptions): Promise<FakeAzureDevOps> {
  const { basePath = '/acme', signIn = 'as asked' } = options;
  const principal = { ...options.principal };
  const world = new World(options.projects);
  const server = new FakeServer({ basePath, signIn, principal });
  const url = await server.listen();
  server.serve({ world, url });
  return new FakeAzureDevOps(world, server, options, principal);
}
