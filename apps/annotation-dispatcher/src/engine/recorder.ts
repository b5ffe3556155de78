import type { Begun, Conclusion, Database, LaneLease, OperationRepository } from '@integrations/database';
import { remoteIdOf } from '../annotation';
import { annotationEvent } from '../events';
import type { Report } from '../report';
import type { Waiters } from '../waiting/waiters';
import type { Verdict } from './verdict';

export interface RecorderOptions {
  readonly database: Pick<Database, 'transaction'>;
  readonly operations: Pick<OperationRepository, 'conclude' | 'reschedule'>;
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

/** Makes verdicts durable, and tells of them once they are. Throws LeaseLost, having written nothing. */
export class Recorder {
  constructor(private readonly options: RecorderOptions) {}

  /** Answers with the lane's next operation, begun, if it is to go on and has one; otherwise the lease is given up. */
  async record(lease: LaneLease, { row, verdict, seconds }: Attempted, goOn: boolean): Promise<Begun | null> {
    const { database, operations, waiters, report } = this.options;
    if (verdict.kind === 'rescheduled') {
      await database.transaction((tx) => operations.reschedule(lease, row.id, verdict, tx));
      report.rescheduled(row, verdict.outcome, verdict.nextAttemptAt);
      return null;
    }
    const event = eventOf(row, verdict);
    const next = await operations.conclude({ lease, operationId: row.id, settlement: verdict, event, goOn });
    waiters.ended(row.id, verdict.outcome);
    report.ended(row, verdict.state, verdict.outcome, seconds);
    return next;
  }
}

function eventOf(row: Begun['row'], { state, outcome }: Ended): Conclusion['event'] {
  const { attempts } = row;
  if (state === 'parked_offline') return annotationEvent('annotation_parked', row, {});
  if (outcome.result === null) {
    return annotationEvent('annotation_failed', row, { errorCode: outcome.errorCode ?? 'internal', attempts });
  }
  const { result } = outcome;
  return annotationEvent('annotation_posted', row, { remoteId: remoteIdOf(result), url: result.url, attempts });
}
