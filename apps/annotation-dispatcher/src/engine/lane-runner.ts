import { type Begun, type LaneLease, LeaseLost, type OperationRepository, whyAskAgain } from '@integrations/database';
import { RecurringFailure } from '@integrations/telemetry';
import type { DispatchLog } from '../report';
import type { Attempts } from './attempt';
import { type HeldLease, LeaseKeeper } from './lease-keeper';
import type { Recorder } from './recorder';

export interface LaneRunnerOptions {
  readonly operations: Pick<OperationRepository, 'release' | 'renew'>;
  readonly attempts: Pick<Attempts, 'run'>;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly log: DispatchLog;
  readonly leaseMs: number;
}

/** A lane that is ours. */
export interface Leased {
  readonly lease: LaneLease;
  /** Its first operation, whose attempt has begun. */
  readonly begun: Begun;
  /** When the lease was asked for, by `performance.now()`. */
  readonly askedAt: number;
}

export interface Stopping {
  /** Aborts when no further operation is to be begun. */
  readonly soon: AbortSignal;
  /** Aborts when the attempt at work is to be broken off. */
  readonly now: AbortSignal;
  /** Whether other lanes wait for the place. */
  readonly isCrowded: () => boolean;
}

/** How long a lane keeps its place when others wait: a few attempts at a quick vendor, one at a slow one. */
const SLICE_MS = 50;

/** Runs the operations of one lane, one after the other, for as long as its lease holds and nobody needs the place. */
export class LaneRunner {
  readonly #away: RecurringFailure;

  constructor(private readonly options: LaneRunnerOptions) {
    this.#away = new RecurringFailure(options.log, 'lanes interrupted: the database is away or busy');
  }

  /**
   * Answers with the milliseconds after which the lane is due again, if it was put off. Never rejects. Whatever goes wrong
   * leaves the lease to run out: a write that was broken off may still be on its way, and nobody must look for it before it
   * has arrived.
   */
  async run({ lease, begun, askedAt }: Leased, stopping: Stopping): Promise<number | null> {
    const { operations, leaseMs, log } = this.options;
    const renew = (held: LaneLease, ms: number) => operations.renew(held, ms);
    const keeper = new LeaseKeeper(lease, { renew, leaseMs, askedAt, breakOff: stopping.now });
    try {
      return await this.#runAll({ lease, begun, askedAt }, keeper, stopping);
    } catch (error) {
      const { lane } = lease;
      if (error instanceof LeaseLost) log.warn({ lane }, 'lane lease lost; the attempt is broken off');
      else if (stopping.now.aborted) log.warn({ lane }, 'shutdown broke an attempt off');
      else if (whyAskAgain(error) !== null) this.#away.failed(error);
      else log.error({ err: error, lane }, 'lane interrupted; it goes on when its lease has run out');
      return null;
    } finally {
      keeper.stop();
    }
  }

  async #runAll(leased: Leased, held: HeldLease, { soon, isCrowded }: Stopping): Promise<number | null> {
    const { lease } = leased;
    let begun: Begun | null = leased.begun;
    while (begun && !soon.aborted) {
      held.signal.throwIfAborted();
      const started = performance.now();
      const { row } = begun;
      const verdict = await this.options.attempts.run(begun, held);
      const seconds = (performance.now() - started) / 1_000;
      const makesRoom = isCrowded() && performance.now() - leased.askedAt > SLICE_MS;
      begun = await this.options.recorder.record(lease, { row, verdict, seconds }, !soon.aborted && !makesRoom);
      if (verdict.kind === 'rescheduled') return verdict.waitMs;
    }
    // Begun, and not attempted.
    if (begun) await this.options.operations.release(lease);
    return null;
  }
}
