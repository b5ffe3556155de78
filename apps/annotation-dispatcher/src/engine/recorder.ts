import type {
  Begun,
  Conclusion,
  Database,
  LaneLease,
  OperationRepository,
  OutageRepository,
} from '@integrations/database';
import { remoteIdOf } from '../annotation';
import { annotationEvent } from '../events';
import type { Report } from '../report';
import type { Waiters } from '../waiting/waiters';
import type { Verdict } from './verdict';

export interface RecorderOptions {
  readonly database: Pick<Database, 'transaction'>;
  readonly operations: Pick<OperationRepository, 'beginEnding' | 'conclude' | 'reschedule'>;
  readonly outages: Pick<OutageRepository, 'park'>;
  readonly waiters: Pick<Waiters, 'ended'>;
  readonly report: Report;
}

export interface Attempted {
  readonly row: Begun['row'];
  readonly verdict: Verdict;
  /** How long the attempt took. */
  readonly seconds: number;
}

type Ended = Extract<Verdict, { kind: 'ended' }>;

/** Makes verdicts durable, then passes them to callers, logs and metrics. Throws LeaseLost, having written nothing. */
export class Recorder {
  constructor(private readonly options: RecorderOptions) {}

  /**
   * Returns the lane's next operation, already begun, if the lane is to go on and has one; otherwise the lease is given
   * up. An operation whose check run must be cancelled before it ends is itself the next one.
   */
  async record(lease: LaneLease, { row, verdict, seconds }: Attempted, continueLane: boolean): Promise<Begun | null> {
    const { database, operations, outages, report } = this.options;
    if (verdict.kind === 'rescheduled') {
      const nextAttemptAt = await operations.reschedule(lease, row.id, verdict);
      report.rescheduled(row, verdict, nextAttemptAt);
      return null;
    }
    if (verdict.kind === 'awaits_vendor') {
      const parked = await database.transaction((tx) => outages.park(lease, row, verdict, tx));
      if (parked) this.#announce(row, 'parked_offline', verdict.outcome, seconds);
      return null;
    }
    if (verdict.kind === 'ending') {
      // The generation is not known here; null makes the attempt read the integration again.
      const { kind: _, ...ending } = verdict;
      return { row: await operations.beginEnding(lease, row, ending), integrationGeneration: null };
    }
    const event = eventOf(row, verdict);
    const next = await operations.conclude({ lease, operationId: row.id, settlement: verdict, event, continueLane });
    this.#announce(row, verdict.state, verdict.outcome, seconds);
    return next;
  }

  #announce(row: Begun['row'], state: Ended['state'], outcome: Ended['outcome'], seconds: number): void {
    this.options.waiters.ended(row.id, outcome);
    this.options.report.ended(row, state, outcome, seconds);
  }
}

function eventOf(row: Begun['row'], { state, outcome }: Ended): Conclusion['event'] {
  const { attempts } = row;
  if (state === 'parked_offline') return annotationEvent('annotation_parked', row, {});
  if (state === 'superseded') return annotationEvent('annotation_superseded', row, {});
  if (state === 'cancelled') return annotationEvent('annotation_cancelled', row, {});
  const { result } = outcome;
  if (!outcome.success || result === null) {
    return annotationEvent('annotation_failed', row, { errorCode: outcome.errorCode ?? 'internal', attempts });
  }
  return annotationEvent('annotation_posted', row, { remoteId: remoteIdOf(result), url: result.url, attempts });
}
