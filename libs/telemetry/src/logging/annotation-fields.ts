import type { ErrorCode, ScmOperation } from '@integrations/contracts';
import { traceFields } from './trace-fields';

/** The fields of every log line about an annotation, under exactly these names. */
export interface AnnotationLogFields {
  readonly operationId: string;
  readonly tenantId: string;
  readonly integrationId: string;
  readonly provider: string;
  readonly operation: ScmOperation;
  readonly prNumber: number | null;
  readonly commitSha: string | null;
  readonly errorCode?: ErrorCode;
  /** The trace of the request, if it had one. */
  readonly traceId?: string;
}

/** The part of an operation that its log lines show. */
export type LoggedOperation = Omit<AnnotationLogFields, 'operationId' | 'errorCode' | 'traceId'> & {
  readonly id: string;
  readonly traceparent: string | null;
};

export function annotationFields(row: LoggedOperation, errorCode: ErrorCode | null): AnnotationLogFields {
  const { id: operationId, tenantId, integrationId, provider, operation, prNumber, commitSha, traceparent } = row;
  return {
    ...{ operationId, tenantId, integrationId, provider, operation, prNumber, commitSha },
    ...(errorCode === null ? {} : { errorCode }),
    ...traceFields(traceparent),
  };
}
