import { type Begun, type LaneLease, LeaseLost, type OperationRepository, retryHint } from '@integrations/database';
import { annotationFields, RecurringFailure } from '@integrations/telemetry';
import type { DispatchLog } from '../report';
import type { Attempts } from './attempt';
import { LANDING_MS, LeaseKeeper } from './lease-keeper';
import type { Recorder } from './recorder';
import type { Verdict } from './verdict';

export interface LaneRunnerOptions {
  readonly operations: Pick<OperationRepository, 'release' | 'renew'>;
  readonly attempts: Pick<Attempts, 'run'>;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly log: DispatchLog;
  readonly leaseMs: number;
  /** If one attempt more than this is not answered either, the operation ends. */
  readonly maxAttempts: number;
}

/** A lane that this dispatcher holds. */
export interface Leased {
  readonly lease: LaneLease;
  /** The lane's first operation; its attempt has begun. */
  readonly begun: Begun;
  /** When the lease was asked for, by `performance.now()`. */
  readonly askedAt: number;
}

export interface Stopping {
  /** Aborts when no further operation may begin. */
  readonly soon: AbortSignal;
  /** Aborts when the attempt in flight must be aborted. */
  readonly now: AbortSignal;
  /** Whether other lanes are waiting for a place. */
  readonly isCrowded: () => boolean;
}

/** How long a lane keeps its place when others wait: a few attempts at a quick vendor, one at a slow one. */
const SLICE_MS = 50;

/** Runs the operations of one lane, one after the other, for as long as its lease holds and nobody needs the place. */
export class LaneRunner {
  readonly #databaseDown: RecurringFailure;

  constructor(private readonly options: LaneRunnerOptions) {
    this.#databaseDown = new RecurringFailure(options.log, 'lanes interrupted: the database is down or busy');
  }

  /**
   * Returns the milliseconds after which the lane is due again, if an operation was put off. Never rejects. After an
   * error the lease is left to expire: an aborted write may still be on its way to the vendor, and no dispatcher must
   * look for it before it has arrived.
   */
  async run(leased: Leased, stopping: Stopping): Promise<number | null> {
    const { lease, askedAt } = leased;
    const { operations, leaseMs } = this.options;
    const renew = (held: LaneLease, ms: number) => operations.renew(held, ms);
    const keeper = new LeaseKeeper(lease, { renew, leaseMs, askedAt, stop: stopping.now });
    const interrupted = (error: unknown) => this.#interrupted(error, lease, stopping);
    const dueInMs = await this.#runAll(leased, keeper, stopping).catch(interrupted);
    keeper.stop();
    if (!keeper.mayLand) return dueInMs;
    // False if the lease was given up when the outcome was recorded, or is lost.
    const isHeld = await renew(lease, LANDING_MS).catch(() => false);
    return isHeld ? LANDING_MS : dueInMs;
  }

  #interrupted(error: unknown, { lane }: LaneLease, stopping: Stopping): null {
    const { log } = this.options;
    if (error instanceof LeaseLost) log.warn({ lane }, 'lane lease lost; attempt aborted');
    else if (stopping.now.aborted) log.warn({ lane }, 'attempt aborted by shutdown');
    else if (retryHint(error) !== null) this.#databaseDown.failed(error);
    else log.error({ err: error, lane }, 'lane interrupted; it resumes when its lease expires');
    return null;
  }

  async #runAll(leased: Leased, held: LeaseKeeper, { soon, isCrowded }: Stopping): Promise<number | null> {
    const { lease } = leased;
    let begun: Begun | null = leased.begun;
    while (begun && !soon.aborted) {
      held.signal.throwIfAborted();
      const started = performance.now();
      const { row } = begun;
      const verdict = await this.options.attempts.run(begun, held);
      const seconds = (performance.now() - started) / 1_000;
      if (held.mayLand && !hasSucceeded(verdict) && row.attempts <= this.options.maxAttempts) {
        const { errorCode, errorMessage: reason } = verdict.outcome;
        const fields = { ...annotationFields(row, errorCode), reason };
        this.options.log.warn(fields, 'a write got no answer; the lane pauses in case it is still carried out');
        return null;
      }
      const makesRoom = isCrowded() && performance.now() - leased.askedAt > SLICE_MS;
      begun = await this.options.recorder.record(lease, { row, verdict, seconds }, !soon.aborted && !makesRoom);
      if (verdict.kind === 'rescheduled') return verdict.waitMs;
    }
    // Begun, but a shutdown came before its attempt.
    if (begun) await this.options.operations.release(lease);
    return null;
  }
}

function hasSucceeded(verdict: Verdict): boolean {
  return verdict.kind === 'ended' && verdict.state === 'succeeded';
}
