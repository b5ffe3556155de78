import type { LaneLease, OperationRepository } from '@integrations/database';
import type { DispatchLog } from '../report';
import { Bell } from './bell';
import type { LaneRunner } from './lane-runner';

export interface EngineOptions {
  readonly operations: Pick<OperationRepository, 'claimLane' | 'claimLanes' | 'release'>;
  readonly runner: Pick<LaneRunner, 'run'>;
  readonly log: DispatchLog;
  /** How many lanes run at once. */
  readonly concurrency: number;
  /** Milliseconds that a lane is ours without a renewal. */
  readonly leaseMs: number;
  /** Milliseconds between looks for due lanes: retries, and lanes of dispatchers that died. */
  readonly pollMs: number;
}

const PAUSE_AFTER_FAILURE_MS = 1_000;

/** Runs lanes in parallel: at once what this process accepts, and by polling what is due of everybody's. */
export class Engine {
  readonly #bell = new Bell();
  readonly #runs = new Set<Promise<void>>();
  /** Lanes that are claimed or run here; true: something was accepted since. */
  readonly #lanes = new Map<string, boolean>();
  readonly #noMoreClaims = new AbortController();
  readonly #stopSoon = new AbortController();
  readonly #stopNow = new AbortController();
  #polling: Promise<void> = Promise.resolve();
  /** Lanes may be due that found no free place. */
  #behind = false;

  constructor(private readonly options: EngineOptions) {}

  start(): void {
    this.#polling = this.#poll();
  }

  /** Something was accepted in this lane: run it at once, if there is a place. */
  wake(lane: string): void {
    if (this.#stopSoon.signal.aborted) return;
    if (this.#lanes.has(lane)) this.#lanes.set(lane, true);
    else if (this.#free() > 0) this.#run(lane, () => this.#claim(lane));
    else this.#behind = true;
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
    const { operations, leaseMs, log } = this.options;
    const limit = this.#free();
    if (limit <= 0) {
      this.#behind = true;
      return true;
    }
    this.#behind = false;
    try {
      const askedAt = performance.now();
      const leases = await operations.claimLanes({ limit, leaseMs });
      if (leases.length === limit) this.#behind = true;
      for (const lease of leases) this.#run(lease.lane, async () => ({ lease, askedAt }));
      return true;
    } catch (error) {
      log.warn({ err: error }, 'cannot look for due lanes; trying again');
      return false;
    }
  }

  async #claim(lane: string): Promise<{ lease: LaneLease; askedAt: number } | null> {
    const askedAt = performance.now();
    const lease = await this.options.operations.claimLane(lane, this.options.leaseMs);
    return lease && { lease, askedAt };
  }

  #run(lane: string, claim: () => Promise<{ lease: LaneLease; askedAt: number } | null>): void {
    this.#lanes.set(lane, false);
    const run = this.#runLane(lane, claim).finally(() => {
      this.#runs.delete(run);
      const more = this.#lanes.get(lane);
      this.#lanes.delete(lane);
      if (more) this.wake(lane);
      if (this.#behind) this.#bell.ring();
    });
    this.#runs.add(run);
  }

  async #runLane(lane: string, claim: () => Promise<{ lease: LaneLease; askedAt: number } | null>): Promise<void> {
    try {
      const claimed = await claim();
      if (!claimed) return;
      const stopping = { soon: this.#stopSoon.signal, now: this.#stopNow.signal };
      await this.options.runner.run(claimed.lease, claimed.askedAt, stopping);
    } catch (error) {
      this.options.log.warn({ err: error, lane }, 'cannot claim a lane; it stays due');
    }
  }

  #free(): number {
    return this.options.concurrency - this.#runs.size;
  }
}
