import { LookBack, type OperationRepository } from '@integrations/database';
import { RecurringFailure } from '@integrations/telemetry';
import type { DispatchLog } from '../report';
import { Bell } from './bell';
import type { LaneRunner, Leased } from './lane-runner';

export interface EngineOptions {
  readonly operations: Pick<OperationRepository, 'claimAndBegin'>;
  readonly runner: Pick<LaneRunner, 'run'>;
  readonly log: DispatchLog;
  /** Whose lanes it runs. */
  readonly providers: readonly string[];
  /** How many lanes run at once. */
  readonly concurrency: number;
  /** Milliseconds that a lane is ours without a renewal. */
  readonly leaseMs: number;
  /** Milliseconds between looks for due lanes: retries, and lanes of dispatchers that died. */
  readonly pollMs: number;
}

/** A place for the lane of an operation that is just being accepted. One of its methods is to be called, once. */
export interface Place {
  /** Milliseconds to lease the lane for; null if no place is free. */
  readonly leaseMs: number | null;
  /** The lane is ours: runs it. */
  run(leased: Omit<Leased, 'askedAt'>): void;
  /** The operation was accepted, or not, and the lane is not ours. */
  leave(): void;
}

const PAUSE_AFTER_FAILURE_MS = 1_000;
/** Of the places, those that only lanes get which come anew and whose callers wait: however many others do, they find one. */
const KEPT_FREE = 1 / 8;

/** Runs lanes in parallel: at once what this process accepts, and by polling what is due of everybody's. */
export class Engine {
  readonly #bell = new Bell();
  readonly #lookBack = new LookBack();
  readonly #runs = new Set<Promise<void>>();
  readonly #noMoreClaims = new AbortController();
  readonly #stopSoon = new AbortController();
  readonly #stopNow = new AbortController();
  #polling: Promise<void> = Promise.resolve();
  #reserved = 0;
  /** For so many places lanes are looked for just now. */
  #claiming = 0;
  /** Lanes may be due that found no free place; so until a look has shown that none is left. */
  #behind = false;
  /** How many lanes found none when they were accepted. */
  #missed = 0;

  readonly #failure: RecurringFailure;

  constructor(private readonly options: EngineOptions) {
    this.#failure = new RecurringFailure(options.log, 'cannot look for due lanes; trying again');
  }

  start(): void {
    this.#polling = this.#poll();
  }

  /** To be asked for before an operation is accepted, so that its lane can be leased in the same statement. */
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
        // Only now: a look for due lanes in the meantime could not see this one yet.
        else this.#miss();
        this.#placeFreed();
      },
    };
  }

  /** No more looking for due lanes; what is accepted here still runs. */
  async stopPolling(): Promise<void> {
    this.#noMoreClaims.abort();
    this.#bell.ring();
    await this.#polling;
  }

  /** Ends all lanes after the attempts at work, and breaks those off that take longer than `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#stopSoon.abort();
    await this.stopPolling();
    const breakOff = setTimeout(() => this.#stopNow.abort(), graceMs);
    await Promise.all(this.#runs);
    clearTimeout(breakOff);
  }

  async #poll(): Promise<void> {
    while (!this.#noMoreClaims.signal.aborted) {
      const claimed = await this.#claimDue();
      await this.#bell.sleep(claimed ? this.options.pollMs : PAUSE_AFTER_FAILURE_MS);
    }
  }

  /** False if the database did not answer. */
  async #claimDue(): Promise<boolean> {
    const { operations, leaseMs, providers } = this.options;
    const limit = this.#freeForAll();
    if (limit <= 0) {
      this.#behind = true;
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
      this.#behind = isMore || this.#missed > missed;
    }
  }

  #miss(): void {
    this.#missed += 1;
    this.#behind = true;
  }

  #run(leased: Leased): void {
    const isCrowded = () => this.#behind;
    const stopping = { soon: this.#stopSoon.signal, now: this.#stopNow.signal, isCrowded };
    const run = this.options.runner.run(leased, stopping).then((dueInMs) => {
      this.#runs.delete(run);
      this.#placeFreed();
      // The next look would come late by half a poll, and a rate limit that is met late is not used up.
      if (dueInMs !== null) setTimeout(() => this.#bell.ring(), dueInMs).unref();
    });
    this.#runs.add(run);
  }

  #placeFreed(): void {
    if (this.#behind && this.#free() > 0) this.#bell.ring();
  }

  #freeForAll(): number {
    return this.#free() - this.#claiming - Math.floor(this.options.concurrency * KEPT_FREE);
  }

  #free(): number {
    return this.options.concurrency - this.#runs.size - this.#reserved;
  }
}
