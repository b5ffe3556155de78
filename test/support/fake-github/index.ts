import { Gate } from './auth.ts';
import { FakeScm } from '../fake-vendor/fake-scm.ts';
import { FakeServer } from './server.ts';
import { type FakeApp, Shapes } from './shapes.ts';
import {
  type FakeCheckRun,
  type FakeComment,
  type FakePull,
  type FakeReviewComment,
  type FakeStatus,
  type InstallationOptions,
  World,
} from './world.ts';

export { generateAppKey } from './auth.ts';
export type { Fault, FaultReply, LoggedRequest } from '../fake-vendor/faults.ts';
export type { FakeChangedFile, FakeCheckRun, FakeComment, FakePull, FakeReviewComment, FakeStatus } from './world.ts';

export interface FakeGitHubOptions {
  readonly appId: number;
  /** SPKI PEM; App JWTs must be signed with its private half. */
  readonly publicKey: string;
  /** `Iv23fake` if absent. */
  readonly clientId?: string;
  readonly installations: readonly InstallationOptions[];
  /** Delay before each answer, in milliseconds. */
  readonly latencyMs?: number;
  /** False to skip validation against GitHub's OpenAPI description, for benchmarks. */
  readonly validate?: boolean;
  /** `/api/v3` for GitHub Enterprise Server. */
  readonly basePath?: string;
  /** Requests per hour in the rate-limit headers; null for no such headers. */
  readonly rateLimit?: number | null;
  /** GitHub's clock minus ours, in milliseconds. */
  readonly clockOffsetMs?: number;
}

/** A GitHub for tests and benchmarks: stores data, checks requests against GitHub's description, misbehaves on demand. */
export class FakeGitHub extends FakeScm<World, FakeServer> {
  readonly gate: Gate;

  constructor(world: World, server: FakeServer, gate: Gate) {
    super(world, server);
    this.gate = gate;
  }

  comments(owner: string, repository: string, pullRequest: number): readonly FakeComment[] {
    return this.world.repository(owner, repository).repository.pulls.get(pullRequest)?.comments ?? [];
  }

  /** Throws if there is no such pull request. */
  pull(owner: string, repository: string, pullRequest: number): FakePull {
    const found = this.world.repository(owner, repository).repository.pulls.get(pullRequest);
    if (!found) throw new Error(`no pull request ${pullRequest}`);
    return found;
  }

  /** Adds a reply to a review comment by a person. */
  addReply(pull: FakePull, to: FakeReviewComment, body: string): FakeReviewComment {
    const author = { login: 'octocat', type: 'User', viaApp: false } as const;
    return this.world.addReviewComment(pull, { ...to, author, body, inReplyTo: to.id, reviewId: null });
  }

  /** Oldest first. */
  statuses(owner: string, repository: string, sha: string): readonly FakeStatus[] {
    return this.world.repository(owner, repository).repository.commits.get(sha)?.statuses ?? [];
  }

  /** Oldest first. */
  checkRuns(owner: string, repository: string, sha: string): readonly FakeCheckRun[] {
    return this.world.repository(owner, repository).repository.commits.get(sha)?.checkRuns ?? [];
  }

  /** A comment that was not written by the app under test, but by a person or, as a `Bot`, by another app. */
  addForeignComment(
    owner: string,
    repository: string,
    pullRequest: number,
    body: string,
    type: 'User' | 'Bot' = 'User',
  ): FakeComment {
    const found = this.world.repository(owner, repository).repository;
    const pull = found.pulls.get(pullRequest)!;
    const author = { login: type === 'Bot' ? 'other[bot]' : 'octocat', type, viaApp: false } as const;
    return this.world.addComment(found, pull, author, body, new Date().toISOString());
  }

  /** Also revokes all tokens. */
  override reset(): void {
    super.reset();
    this.gate.revokeTokens();
  }
}

/** Starts a GitHub on a free port of 127.0.0.1. */
export async function startFakeGitHub(options: FakeGitHubOptions): Promise<FakeGitHub> {
  const now = () => Date.now() + (options.clockOffsetMs ?? 0);
  const app: FakeApp = {
    id: options.appId,
    clientId: options.clientId ?? 'Iv23fake',
    slug: 'fake-app',
    createdAt: now(),
  };
  const world = new World(options.installations);
  const gate = new Gate({ ...app, publicKey: options.publicKey }, now);
  const server = new FakeServer({
    basePath: options.basePath ?? '',
    latencyMs: options.latencyMs ?? 0,
    validate: options.validate ?? true,
    rateLimit: options.rateLimit === undefined ? 5_000_000 : options.rateLimit,
  });
  const url = await server.listen();
  server.serve({ world, gate, app, now, shapes: new Shapes(url, app) });
  return new FakeGitHub(world, server, gate);
}
