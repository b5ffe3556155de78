import type { IntegrationEvent } from '@integrations/contracts';
import type { Database, LaneLease, OperationRepository, OperationRow, Outbox } from '@integrations/database';
import { remoteIdOf } from '../annotation';
import { annotationEvent } from '../events';
import type { Report } from '../report';
import type { Waiters } from '../waiting/waiters';
import type { Verdict } from './verdict';

export interface RecorderOptions {
  readonly database: Pick<Database, 'transaction'>;
  readonly operations: Pick<OperationRepository, 'settle' | 'reschedule'>;
  readonly outbox: Pick<Outbox, 'append'>;
  readonly waiters: Pick<Waiters, 'ended'>;
  readonly report: Report;
}

type Ended = Extract<Verdict, { kind: 'ended' }>;

/** Makes verdicts durable, and tells of them once they are. Throws LeaseLost, having written nothing. */
export class Recorder {
  constructor(private readonly options: RecorderOptions) {}

  /** `seconds` is how long the attempt took. */
  async record(lease: LaneLease, row: OperationRow, verdict: Verdict, seconds: number): Promise<void> {
    const { database, operations, report } = this.options;
    if (verdict.kind === 'ended') return this.#end(lease, row, verdict, seconds);
    await database.transaction((tx) => operations.reschedule(lease, row.id, verdict, tx));
    report.rescheduled(row, verdict.outcome, verdict.nextAttemptAt);
  }

  async #end(lease: LaneLease, row: OperationRow, verdict: Ended, seconds: number): Promise<void> {
    const { database, operations, outbox, waiters, report } = this.options;
    await database.transaction(async (tx) => {
      await operations.settle(lease, row.id, verdict, tx);
      await outbox.append(eventOf(row, verdict), tx);
    });
    waiters.ended(row.id, verdict.outcome);
    report.ended(row, verdict.state, verdict.outcome, seconds);
  }
}

function eventOf(row: OperationRow, { state, outcome }: Ended): IntegrationEvent {
  const { attempts } = row;
  if (state === 'parked_offline') return annotationEvent('annotation_parked', row, {});
  if (outcome.result === null) {
    return annotationEvent('annotation_failed', row, { errorCode: outcome.errorCode ?? 'internal', attempts });
  }
  const { result } = outcome;
  return annotationEvent('annotation_posted', row, { remoteId: remoteIdOf(result), url: result.url, attempts });
}
