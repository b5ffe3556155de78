import type { Capability, ScmOperation, ScmResponse } from '@integrations/contracts';
import { type Annotation, publishedUnder } from '@integrations/payload-builder';
import {
  type AnnotationContext,
  type CheckRunRef,
  type ScmAnnotation,
  type ScmAnnotationClient,
  upsertKeyOf,
} from '@integrations/provider-kit';

/** Where an annotation is shown. One of the two is set, or both for a scan published on a pull request and its head. */
export interface Target {
  readonly prNumber: number | null;
  readonly commitSha: string | null;
}

/** The annotation of a ledger row. It needs no validation: the request was checked when it was accepted. */
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

/** The capabilities that the provider needs for the annotation. */
export function capabilitiesFor(annotation: Annotation): readonly Capability[] {
  if (annotation.operation !== 'publish') return [annotation.operation];
  const { comment, checkRun, status } = annotation.request.show;
  const needed: Capability[] = [];
  if (comment) needed.push('comment');
  if (checkRun) needed.push('check_run');
  if (status) needed.push('status');
  return needed;
}

/** The check run that the annotation asks for; null if it asks for none. */
export function checkRunOf({ operation, request }: Annotation): CheckRunRef | null {
  if (operation !== 'check_run' && operation !== 'publish') return null;
  const name = operation === 'publish' ? request.show.checkRun?.name : request.name;
  const { owner, repository, headSha } = request;
  return name === undefined ? null : { owner, repository, headSha, name };
}

/** The upsertKey under which the vendor's comment, status or check run is kept up to date. */
export function keyOf(annotation: Annotation): string {
  return annotation.operation === 'publish' ? publishedUnder(annotation.request) : upsertKeyOf(annotation);
}

/** Undefined if the client lacks the capability. */
export function postTo(
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

/** The vendor's id of what was posted; null for a publish request, which posts several things. */
export function remoteIdOf(response: ScmResponse): string | null {
  if ('commentId' in response) return response.commentId;
  if ('statusId' in response) return response.statusId;
  return 'checkRunId' in response ? response.checkRunId : null;
}
