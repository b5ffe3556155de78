import type { ScmOperation, ScmResponse } from '@integrations/contracts';
import type { AnnotationContext, ScmAnnotation, ScmAnnotationClient } from '@integrations/provider-kit';

export type Annotation = ScmAnnotation;

/** Where it is shown: one of the two is set. */
export interface Target {
  readonly prNumber: number | null;
  readonly commitSha: string | null;
}

/** As the ledger keeps it; what is in the ledger was checked when it was accepted. */
export function storedAnnotation(row: { readonly operation: ScmOperation; readonly request: object }): Annotation {
  return { operation: row.operation, request: row.request } as Annotation;
}

export function targetOf(annotation: Annotation): Target {
  switch (annotation.operation) {
    case 'comment':
      return { prNumber: annotation.request.pullRequestNumber, commitSha: null };
    case 'status':
      return { prNumber: null, commitSha: annotation.request.commitSha };
    case 'check_run':
      return { prNumber: null, commitSha: annotation.request.headSha };
  }
}

/** Undefined if the client lacks the capability. */
export function post(
  client: ScmAnnotationClient,
  annotation: Annotation,
  context: AnnotationContext,
): Promise<ScmResponse> | undefined {
  switch (annotation.operation) {
    case 'comment':
      return client.postComment?.(annotation.request, context);
    case 'status':
      return client.postStatus?.(annotation.request, context);
    case 'check_run':
      return client.createCheckRun?.(annotation.request, context);
  }
}

export function remoteIdOf(response: ScmResponse): string {
  if ('commentId' in response) return response.commentId;
  return 'statusId' in response ? response.statusId : response.checkRunId;
}
