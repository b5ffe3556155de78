import type { ErrorCode, ScmOperation } from '@integrations/contracts';

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
}

/** The part of an operation that its log lines show. */
export type LoggedOperation = Omit<AnnotationLogFields, 'operationId' | 'errorCode'> & { readonly id: string };

export function annotationFields(row: LoggedOperation, errorCode: ErrorCode | null): AnnotationLogFields {
  const { id: operationId, tenantId, integrationId, provider, operation, prNumber, commitSha } = row;
  const fields = { operationId, tenantId, integrationId, provider, operation, prNumber, commitSha };
  return errorCode === null ? fields : { ...fields, errorCode };
}
