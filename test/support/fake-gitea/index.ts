import { FakeScm } from '../fake-vendor/fake-scm.ts';
import { FakeServer } from './server.ts';
import {
  type FakeComment,
  type FakePull,
  type FakeReview,
  type FakeReviewComment,
  type FakeStatus,
  type FakeToken,
  type FakeUser,
  type RepositoryOptions,
  World,
} from './world.ts';

export type { FakeReviewComment, FakeToken } from './world.ts';

export interface FakeGiteaOptions {
  readonly repositories: readonly RepositoryOptions[];
  /** The scopes of the bot's tokens, by token value. */
  readonly tokens: Readonly<Record<string, readonly string[]>>;
  readonly basePath?: string;
  readonly version?: string;
}

const PERSON: FakeUser = { id: 7, login: 'alice', prohibited: false };

/** A Gitea for tests: stores data, follows Gitea's rules, checks requests against its API description, misbehaves on demand. */
export class FakeGitea extends FakeScm<World, FakeServer> {
  readonly #options: FakeGiteaOptions;

  constructor(world: World, server: FakeServer, options: FakeGiteaOptions) {
    super(world, server);
    this.#options = options;
    this.#issueTokens();
  }

  token(value: string): FakeToken {
    return this.server.tokens.get(value)!;
  }

  pull(owner: string, name: string, number: number): FakePull {
    const found = this.world.repository(owner, name).pulls.get(number);
    if (!found) throw new Error(`no pull request ${number}`);
    return found;
  }

  /** All statuses ever set, oldest first. */
  statuses(owner: string, name: string, sha: string): readonly FakeStatus[] {
    return this.world.repository(owner, name).commits.get(sha) ?? [];
  }

  /** A comment that was not written with the token under test. */
  addForeignComment(pull: FakePull, body: string): FakeComment {
    const comment = { id: this.world.nextId(), author: PERSON, body };
    pull.comments.push(comment);
    return comment;
  }

  /** Adds a reply to a remark by a person. */
  addReply(review: FakeReview, { path, line }: FakeReviewComment, body: string): void {
    review.comments.push({ id: this.world.nextId(), author: PERSON, body, path, line, resolver: null });
  }

  /** A review by another person or, if `author` is the bot, by a person who uses the bot's account. */
  addReview(
    pull: FakePull,
    state: FakeReview['state'],
    comments: readonly Pick<FakeReviewComment, 'body' | 'path' | 'line'>[],
    author: FakeUser = PERSON,
  ): FakeReview {
    const made = comments.map((one) => ({ ...one, id: this.world.nextId(), author, resolver: null }));
    const review = { id: this.world.nextId(), author, state, body: '', commit: pull.head, comments: made };
    pull.reviews.push(review);
    return review;
  }

  /** Resolves a conversation as a person. */
  resolve(comment: FakeReviewComment): void {
    comment.resolver = PERSON;
  }

  override reset(): void {
    super.reset();
    this.#issueTokens();
  }

  #issueTokens(): void {
    const user: FakeUser = { id: 501, login: 'scanner', prohibited: false };
    for (const [value, scopes] of Object.entries(this.#options.tokens)) {
      this.server.tokens.set(value, { user, scopes: [...scopes] });
    }
  }
}

/** Starts a Gitea on a free port of 127.0.0.1. */
export async function startFakeGitea(options: FakeGiteaOptions): Promise<FakeGitea> {
  const { basePath = '', version = '1.26.1' } = options;
  const world = new World(options.repositories);
  const server = new FakeServer(basePath);
  const url = await server.listen();
  server.serve({ world, url, version });
  return new FakeGitea(world, server, options);
}
