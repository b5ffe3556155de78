import type { OperationResult, ScmResponse } from '@integrations/contracts';
import type { FinalState, Rescheduling } from '@integrations/database';
import { annotationFields, type LoggedOperation, type OperationMetrics, Recurrences } from '@integrations/telemetry';
import { loggable } from './offline/loggable';

/** The dispatcher's log; a pino logger fits. */
export interface DispatchLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** An operation that has ended. Its request is logged if the operation was parked and must be posted by hand. */
export interface Reported extends LoggedOperation {
  readonly request: object;
}

/** Logs and counts the outcomes of operations. */
export class Report {
  readonly #unavailableStores = new Recurrences();

  constructor(
    private readonly log: DispatchLog,
    private readonly metrics: Pick<OperationMetrics, 'annotated'>,
  ) {}

  /** `seconds`: duration of the attempt that ended the operation; not measured for parking, which is not an attempt. */
  ended(row: Reported, state: FinalState, outcome: OperationResult<ScmResponse>, seconds: number): void {
    this.metrics.annotated(row.provider, row.operation, state, state === 'parked_offline' ? null : seconds);
    const fields = { ...annotationFields(row, outcome.errorCode), ms: Math.round(seconds * 1_000) };
    if (state === 'succeeded') this.log.info(fields, 'annotation posted');
    // Includes all that an operator needs to post it by hand.
    else if (state === 'parked_offline')
      this.log.warn({ ...fields, payload: loggable(row.request) }, 'annotation parked offline');
    else if (state === 'failed') this.log.warn({ ...fields, reason: outcome.errorMessage }, 'annotation failed');
    else if (state === 'superseded')
      this.log.info({ ...fields, reason: outcome.errorMessage }, 'annotation superseded');
    else this.log.info({ ...fields, reason: outcome.errorMessage }, 'annotation cancelled');
  }

  superseded(row: LoggedOperation): void {
    this.metrics.annotated(row.provider, row.operation, 'superseded', null);
    this.log.info(annotationFields(row, 'superseded'), 'annotation superseded');
  }

  rescheduled(row: LoggedOperation, { outcome }: Rescheduling, nextAttemptAt: Date): void {
    const fields = { ...annotationFields(row, outcome.errorCode), reason: outcome.errorMessage, nextAttemptAt };
    if (outcome.errorCode === 'rate_limited') this.log.info(fields, 'annotation delayed by a rate limit');
    else if (outcome.errorCode === 'secret_unresolvable') this.#awaitsStore(fields);
    else this.log.warn(fields, 'annotation attempt failed; trying again later');
  }

  /** An error that plugins must not throw; the caller learns only `internal`. */
  fault(row: LoggedOperation, error: unknown): void {
    this.log.error({ ...annotationFields(row, 'internal'), err: error }, 'annotation attempt failed unexpectedly');
  }

  /** A secret store that is down gives every operation the same reason, so one line a minute counts the repetitions. */
  #awaitsStore(fields: { readonly reason: string | null }): void {
    const failures = this.#unavailableStores.count(fields.reason ?? '');
    if (failures > 0) this.log.warn({ ...fields, failures }, 'annotations wait for a secret store');
  }
}
