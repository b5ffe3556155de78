import { Gate } from './auth.ts';
import type { Fault, LoggedRequest } from '../fake-vendor/faults.ts';
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
export type {
  FakeAnnotation,
  FakeChangedFile,
  FakeCheckRun,
  FakeComment,
  FakePull,
  FakeReviewComment,
  FakeStatus,
  InstallationOptions,
  WorkflowOptions,
} from './world.ts';

export interface FakeGitHubOptions {
  readonly appId: number;
  /** SPKI PEM; App JWTs must be signed with its private half. */
  readonly publicKey: string;
  /** `Iv23fake` if absent. */
  readonly clientId?: string;
  readonly installations: readonly InstallationOptions[];
  /** Milliseconds before each answer. */
  readonly latencyMs?: number;
  /** False skips GitHub's OpenAPI description, for benchmarks. */
  readonly validate?: boolean;
  /** `/api/v3` for GitHub Enterprise Server. */
  readonly basePath?: string;
  /** Requests per hour as the headers tell; null sends no such headers. */
  readonly rateLimit?: number | null;
  /** GitHub's clock minus ours, in milliseconds. */
  readonly clockOffsetMs?: number;
}

/** A GitHub for tests and benchmarks: it stores, judges by the official description, and misbehaves on demand. */
export class FakeGitHub {
  /** The base URL of its API. */
  readonly url: string;
  readonly world: World;
  readonly gate: Gate;
  readonly #server: FakeServer;

  constructor(url: string, server: FakeServer, world: World, gate: Gate) {
    this.url = url;
    this.world = world;
    this.gate = gate;
    this.#server = server;
  }

  /** All requests so far. */
  get requests(): LoggedRequest[] {
    return this.#server.requests;
  }

  /** What broke GitHub's description; tests expect it to be empty. */
  get violations(): readonly string[] {
    return this.#server.violations;
  }

  inject(fault: Fault): void {
    this.#server.faults.inject(fault);
  }

  clearFaults(): void {
    this.#server.faults.clear();
  }

  comments(owner: string, repository: string, pullRequest: number): readonly FakeComment[] {
    return this.world.repository(owner, repository).repository.pulls.get(pullRequest)?.comments ?? [];
  }

  /** Throws where there is none. */
  pull(owner: string, repository: string, pullRequest: number): FakePull {
    const found = this.world.repository(owner, repository).repository.pulls.get(pullRequest);
    if (!found) throw new Error(`no pull request ${pullRequest}`);
    return found;
  }

  /** Somebody answers a review comment. */
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

  /** A comment that was not written by the app under test. */
  addForeignComment(owner: string, repository: string, pullRequest: number, body: string): FakeComment {
    const found = this.world.repository(owner, repository).repository;
    const pull = found.pulls.get(pullRequest)!;
    const author = { login: 'octocat', type: 'User', viaApp: false } as const;
    return this.world.addComment(found, pull, author, body, new Date().toISOString());
  }

  /** Nothing stored, no token valid, no fault waiting, no request logged. */
  reset(): void {
    this.world.reset();
    this.gate.revokeTokens();
    this.clearFaults();
    this.requests.length = 0;
  }

  stop(): Promise<void> {
    return this.#server.close();
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
  return new FakeGitHub(url, server, world, gate);
}
