import type { Capability, ScmOperation, ScmResponse } from '@integrations/contracts';
import type { Annotation } from '@integrations/payload-builder';
import type { AnnotationContext, ScmAnnotation, ScmAnnotationClient } from '@integrations/provider-kit';

export type { Annotation };

/** Where it is shown: one of the two is set, or both for what is published on a pull request and its head. */
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
    case 'publish':
      return { prNumber: annotation.request.pullRequestNumber ?? null, commitSha: annotation.request.headSha };
  }
}

/** What a provider must be able to do for it. */
export function capabilitiesFor(annotation: Annotation): readonly Capability[] {
  if (annotation.operation !== 'publish') return [annotation.operation];
  const { comment, checkRun, status } = annotation.request.show;
  const needed: Capability[] = [];
  if (comment) needed.push('comment');
  if (checkRun) needed.push('check_run');
  if (status) needed.push('status');
  return needed;
}

/** Undefined if the client lacks the capability. */
export function post(
  client: ScmAnnotationClient,
  annotation: ScmAnnotation,
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

/** Null for what is several things. */
export function remoteIdOf(response: ScmResponse): string | null {
  if ('commentId' in response) return response.commentId;
  if ('statusId' in response) return response.statusId;
  return 'checkRunId' in response ? response.checkRunId : null;
}
