import { type LaneLease, LeaseLost, type OperationRepository } from '@integrations/database';
import type { DispatchLog } from '../report';
import type { Attempts } from './attempt';
import { LeaseKeeper } from './lease-keeper';
import type { Recorder } from './recorder';

export interface LaneRunnerOptions {
  readonly operations: Pick<OperationRepository, 'beginNext' | 'finishLane' | 'release' | 'renew'>;
  readonly attempts: Pick<Attempts, 'run'>;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly log: DispatchLog;
  readonly leaseMs: number;
}

export interface Stopping {
  /** Aborts when no further operation is to be begun. */
  readonly soon: AbortSignal;
  /** Aborts when the attempt at work is to be broken off. */
  readonly now: AbortSignal;
}

/** Runs the operations of one lane, one after the other, for as long as its lease holds. */
export class LaneRunner {
  constructor(private readonly options: LaneRunnerOptions) {}

  /**
   * Never rejects. `askedAt` is when the lease was asked for, by `performance.now()`. Whatever goes wrong leaves the lease
   * to run out: a write that was broken off may still be on its way, and nobody must look for it before it has arrived.
   */
  async run(lease: LaneLease, askedAt: number, stopping: Stopping): Promise<void> {
    const { operations, leaseMs, log } = this.options;
    const renew = (held: LaneLease, ms: number) => operations.renew(held, ms);
    const keeper = new LeaseKeeper(lease, { renew, leaseMs, askedAt, breakOff: stopping.now });
    try {
      await this.#runAll(lease, keeper.signal, stopping.soon);
    } catch (error) {
      const { lane } = lease;
      if (error instanceof LeaseLost) log.warn({ lane }, 'lane lease lost; the attempt is broken off');
      else if (stopping.now.aborted) log.warn({ lane }, 'shutdown broke an attempt off');
      else log.error({ err: error, lane }, 'lane interrupted; it goes on when its lease has run out');
    } finally {
      keeper.stop();
    }
  }

  async #runAll(lease: LaneLease, broken: AbortSignal, stopSoon: AbortSignal): Promise<void> {
    const { operations } = this.options;
    while (!stopSoon.aborted) {
      if ((await this.#runNext(lease, broken)) === 'rescheduled') return;
      if ((await operations.finishLane(lease)) === 'idle') return;
    }
    await operations.release(lease);
  }

  /** `rescheduled`: the lease is given up. */
  async #runNext(lease: LaneLease, broken: AbortSignal): Promise<'ended' | 'rescheduled' | 'none'> {
    const row = await this.options.operations.beginNext(lease);
    if (!row) return 'none';
    broken.throwIfAborted();
    const started = performance.now();
    const verdict = await this.options.attempts.run(row, broken);
    await this.options.recorder.record(lease, row, verdict, (performance.now() - started) / 1_000);
    return verdict.kind;
  }
}
