import { FakeScm } from '../fake-vendor/fake-scm.ts';
import { FakeServer, type ServerOptions } from './server.ts';
import {
  type FakeDiscussion,
  type FakeMergeRequest,
  type FakeStatus,
  type FakeToken,
  type FakeUser,
  type ProjectOptions,
  World,
} from './world.ts';

export type { FakeChangedFile, FakeMergeRequest, FakeToken } from './world.ts';

export interface FakeGitLabOptions extends Partial<ServerOptions> {
  readonly projects: readonly ProjectOptions[];
  /** The properties of tokens, by token value. `user` is the user of the access token. */
  readonly tokens: Readonly<Record<string, Pick<FakeToken, 'kind'> & Partial<FakeToken>>>;
  readonly version?: string;
}

const BOT: Omit<FakeUser, 'state'> = { id: 501, username: 'project_1_bot_abc', bot: true };
const PERSON: FakeUser = { id: 7, username: 'alice', bot: false, state: 'active' };

/**
 * A GitLab for tests: it stores data, has GitLab's state machines, checks requests against GitLab's documentation, and
 * misbehaves on demand.
 */
export class FakeGitLab extends FakeScm<World, FakeServer> {
  readonly #options: FakeGitLabOptions;

  constructor(world: World, server: FakeServer, options: FakeGitLabOptions) {
    super(world, server);
    this.#options = options;
    this.#issueTokens();
  }

  token(value: string): FakeToken {
    return this.server.tokens.get(value)!;
  }

  mergeRequest(project: string, iid: number): FakeMergeRequest {
    const found = this.world.project(project).mergeRequests.get(iid);
    if (!found) throw new Error(`no merge request ${iid}`);
    return found;
  }

  /** The texts of notes and discussions, oldest first, without system notes. */
  notes(project: string, iid: number): string[] {
    const notes = this.mergeRequest(project, iid).discussions.flatMap((discussion) => discussion.notes);
    return notes.filter(({ system }) => !system).map(({ body }) => body);
  }

  /** Oldest first. */
  statuses(project: string, sha: string): readonly FakeStatus[] {
    return this.world.project(project).commits.get(sha)?.statuses ?? [];
  }

  /** A comment that was not written with the token under test. */
  addForeignNote(project: string, iid: number, body: string): FakeDiscussion {
    return this.world.addDiscussion(this.mergeRequest(project, iid), PERSON, body, { individual: true });
  }

  /** Adds a reply by a person. */
  addReply({ notes }: FakeDiscussion, body: string, system = false): void {
    notes.push({ id: this.world.nextId(), author: PERSON, system, body });
  }

  /** Resolves the discussion as a person. */
  resolve(discussion: FakeDiscussion): void {
    discussion.resolvedBy = PERSON;
  }

  override reset(): void {
    super.reset();
    this.#issueTokens();
  }

  #issueTokens(): void {
    const user: FakeUser = { ...BOT, state: 'active' };
    for (const [value, token] of Object.entries(this.#options.tokens)) {
      const usual = { id: 9, user, scopes: ['api'], permissions: [], expiresAt: '2099-01-01', revoked: false };
      this.server.tokens.set(value, { ...usual, ...token });
    }
  }
}

/** Starts a GitLab on a free port of 127.0.0.1. */
export async function startFakeGitLab(options: FakeGitLabOptions): Promise<FakeGitLab> {
  const { basePath = '', rateLimit = 100_000, slashes = 'pass', version = '17.11.2-ee' } = options;
  const world = new World(options.projects);
  const server = new FakeServer({ basePath, rateLimit, slashes });
  const url = await server.listen();
  server.serve({ world, url, version });
  return new FakeGitLab(world, server, options);
}
