import { LookBack, type OperationRepository } from '@integrations/database';
import { RecurringFailure } from '@integrations/telemetry';
import type { DispatchLog } from '../report';
import { Bell } from './bell';
import type { LaneRunner, Leased } from './lane-runner';

export interface EngineOptions {
  readonly operations: Pick<OperationRepository, 'claimAndBegin'>;
  readonly runner: Pick<LaneRunner, 'run'>;
  readonly log: DispatchLog;
  /** Providers whose lanes it runs. */
  readonly providers: readonly string[];
  /** How many lanes run at once. */
  readonly concurrency: number;
  /** Milliseconds that a lane stays leased without a renewal. */
  readonly leaseMs: number;
  /** Milliseconds between looks for due lanes: retries, and lanes of dispatchers that died. */
  readonly pollMs: number;
}

/** A place for the lane of an operation that is being accepted. Call exactly one of its methods, once. */
export interface Place {
  /** Milliseconds to lease the lane for; null if no place is free. */
  readonly leaseMs: number | null;
  /** Runs the lane, which this dispatcher has leased. */
  run(leased: Omit<Leased, 'askedAt'>): void;
  /** Gives the place back: this dispatcher did not get the lane, whether or not the operation was accepted. */
  leave(): void;
}

const PAUSE_AFTER_FAILURE_MS = 1_000;
/**
 * Share of the places kept for newly accepted operations whose callers wait: they find one however busy the engine is.
 */
const KEPT_FREE = 1 / 8;

/** Runs lanes in parallel: those of operations accepted here at once, and all other due lanes by polling. */
export class Engine {
  readonly #bell = new Bell();
  readonly #lookBack = new LookBack();
  readonly #runs = new Set<Promise<void>>();
  readonly #noMoreClaims = new AbortController();
  readonly #stopSoon = new AbortController();
  readonly #stopNow = new AbortController();
  #polling: Promise<void> = Promise.resolve();
  #reserved = 0;
  /** Places that the claim in progress may fill. */
  #claiming = 0;
  /** True while due lanes may be waiting for a place, until a claim shows that none is left. */
  #hasBacklog = false;
  /** How many lanes found no free place when their operation was accepted. */
  #missed = 0;

  readonly #failure: RecurringFailure;

  constructor(private readonly options: EngineOptions) {
    this.#failure = new RecurringFailure(options.log, 'cannot look for due lanes; trying again');
  }

  start(): void {
    this.#polling = this.#poll();
  }

  /** Call before an operation is accepted, so that the same statement can lease its lane. */
  reserve(isAwaited: boolean): Place {
    const isFree = (isAwaited ? this.#free() : this.#freeForAll()) > 0 && !this.#stopSoon.signal.aborted;
    if (isFree) this.#reserved += 1;
    const askedAt = performance.now();
    return {
      leaseMs: isFree ? this.options.leaseMs : null,
      run: (leased) => {
        this.#reserved -= 1;
        this.#run({ ...leased, askedAt });
      },
      leave: () => {
        if (isFree) this.#reserved -= 1;
        // Not earlier: a claim made meanwhile could not see this lane yet.
        else this.#miss();
        this.#placeFreed();
      },
    };
  }

  /** Stops claiming due lanes; operations that are accepted here still run. */
  async stopPolling(): Promise<void> {
    this.#noMoreClaims.abort();
    this.#bell.ring();
    await this.#polling;
  }

  /** Ends all lanes after the attempts in flight, and aborts attempts that take longer than `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#stopSoon.abort();
    await this.stopPolling();
    const graceTimer = setTimeout(() => this.#stopNow.abort(), graceMs);
    await Promise.all(this.#runs);
    clearTimeout(graceTimer);
  }

  async #poll(): Promise<void> {
    while (!this.#noMoreClaims.signal.aborted) {
      const claimed = await this.#claimDue();
      await this.#bell.sleep(claimed ? this.options.pollMs : PAUSE_AFTER_FAILURE_MS);
    }
  }

  /** Resolves to false if the database did not answer. */
  async #claimDue(): Promise<boolean> {
    const { operations, leaseMs, providers } = this.options;
    const limit = this.#freeForAll();
    if (limit <= 0) {
      this.#hasBacklog = true;
      return true;
    }
    const missed = this.#missed;
    let isMore = false;
    this.#claiming = limit;
    try {
      const askedAt = performance.now();
      const claimed = await operations.claimAndBegin({ limit, leaseMs, providers, lookBack: this.#lookBack });
      isMore = claimed.length === limit;
      for (const leased of claimed) this.#run({ ...leased, askedAt });
      return true;
    } catch (error) {
      this.#failure.failed(error);
      return false;
    } finally {
      this.#claiming = 0;
      this.#hasBacklog = isMore || this.#missed > missed;
    }
  }

  #miss(): void {
    this.#missed += 1;
    this.#hasBacklog = true;
  }

  #run(leased: Leased): void {
    const isCrowded = () => this.#hasBacklog;
    const stopping = { soon: this.#stopSoon.signal, now: this.#stopNow.signal, isCrowded };
    const run = this.options.runner.run(leased, stopping).then((dueInMs) => {
      this.#runs.delete(run);
      this.#placeFreed();
      // The next poll would be half an interval late on average, and part of the rate limit would go unused.
      if (dueInMs !== null) setTimeout(() => this.#bell.ring(), dueInMs).unref();
    });
    this.#runs.add(run);
  }

  #placeFreed(): void {
    if (this.#hasBacklog && this.#free() > 0) this.#bell.ring();
  }

  #freeForAll(): number {
    return this.#free() - this.#claiming - Math.floor(this.options.concurrency * KEPT_FREE);
  }

  #free(): number {
    return this.options.concurrency - this.#runs.size - this.#reserved;
  }
}
