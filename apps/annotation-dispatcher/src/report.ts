import type { ErrorCode, OperationResult, ScmOperation, ScmResponse } from '@integrations/contracts';
import type { FinalState, Rescheduling } from '@integrations/database';
import { loggable } from './offline/loggable';
import type { AnnotationLogFields, OperationMetrics } from '@integrations/telemetry';

/** Where the dispatcher tells what it did; a pino logger fits. */
export interface DispatchLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What is told of an operation. */
export interface Reported {
  readonly id: string;
  readonly tenantId: string;
  readonly integrationId: string;
  readonly provider: string;
  readonly operation: ScmOperation;
  readonly prNumber: number | null;
  readonly commitSha: string | null;
  readonly request: object;
}

/** Logs and counts what becomes of operations. */
export class Report {
  constructor(
    readonly log: DispatchLog,
    private readonly metrics: Pick<OperationMetrics, 'annotated'>,
  ) {}

  /** `seconds` is how long the attempt took that ended it; parking is none. */
  ended(row: Reported, state: FinalState, outcome: OperationResult<ScmResponse>, seconds: number): void {
    this.metrics.annotated(row.provider, row.operation, state, state === 'parked_offline' ? null : seconds);
    const fields = { ...fieldsOf(row, outcome.errorCode), ms: Math.round(seconds * 1_000) };
    if (state === 'succeeded') this.log.info(fields, 'annotation posted');
    // With all that an operator needs to post it by hand.
    else if (state === 'parked_offline')
      this.log.warn({ ...fields, payload: loggable(row.request) }, 'annotation parked offline');
    else if (state === 'failed') this.log.warn({ ...fields, reason: outcome.errorMessage }, 'annotation failed');
    else this.log.info({ ...fields, reason: outcome.errorMessage }, `annotation ${state}`);
  }

  superseded(row: Omit<Reported, 'request'>): void {
    this.metrics.annotated(row.provider, row.operation, 'superseded', null);
    this.log.info(fieldsOf(row, 'superseded'), 'annotation superseded');
  }

  rescheduled(row: Reported, { outcome, countsAsAttempt }: Rescheduling, nextAttemptAt: Date): void {
    const fields = { ...fieldsOf(row, outcome.errorCode), reason: outcome.errorMessage, nextAttemptAt };
    if (countsAsAttempt) this.log.warn(fields, 'annotation attempt failed; trying again later');
    else this.log.info(fields, 'annotation waits for a rate limit');
  }

  /** Something that plugins must not throw; the caller learns no more than `internal`. */
  fault(row: Reported, error: unknown): void {
    this.log.error({ ...fieldsOf(row, 'internal'), err: error }, 'annotation attempt failed unexpectedly');
  }
}

export function fieldsOf(
  row: Omit<Reported, 'request'>,
  errorCode: ErrorCode | null,
): AnnotationLogFields & { readonly operationId: string; readonly tenantId: string } {
  const { id: operationId, tenantId, integrationId, provider, operation, prNumber, commitSha } = row;
  const fields = { operationId, tenantId, integrationId, provider, operation, prNumber, commitSha };
  return errorCode === null ? fields : { ...fields, errorCode };
}
