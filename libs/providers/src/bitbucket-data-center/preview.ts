import type { AnnotationContext, ScmAnnotation, VendorRequest } from '@integrations/provider-kit';
import { commentMarker } from '@integrations/provider-kit';
import { buildCreation } from './builds';
import type { BitbucketClient } from './client';
import { commentCreation, commentUpdate } from './conversation';
import { markedBody } from './marked-body';
import { planReport, reportPath } from './report-plan';
import type { Write } from './repository';
import { commitOf, statusOf } from './statuses';

/** A value that only Bitbucket knows: the comment's version, which counts its changes. */
const VERSION = '{version}';

/** The writes of an annotation on a Bitbucket 7.4 or later that has nothing from us yet. */
export function preview(
  { base }: BitbucketClient,
  annotation: ScmAnnotation,
  context: Omit<AnnotationContext, 'signal'>,
): readonly VendorRequest[] {
  return writesOf(base, annotation, context).map(({ method, path, body = {} }) => ({
    method,
    url: `${base}${path}`,
    body,
  }));
}

function writesOf(
  base: string,
  annotation: ScmAnnotation,
  context: Omit<AnnotationContext, 'signal'>,
): readonly Write[] {
  switch (annotation.operation) {
    case 'comment': {
      const { request } = annotation;
      const { pullRequestNumber: number, commentId } = request;
      const { body: text } = markedBody(request.body, commentMarker(request, context));
      if (commentId) return [commentUpdate(request, number, commentId, VERSION, { text })];
      return [commentCreation(request, number, { text })];
    }
    case 'status': {
      const { request } = annotation;
      return [buildCreation(commitOf(request), statusOf(base, request).build)];
    }
    case 'check_run': {
      const { request } = annotation;
      const { owner, repository, headSha: sha } = request;
      const { build, key, report, annotations } = planReport(base, request, context.upsertKey);
      const path = reportPath(request, sha, key);
      return [
        buildCreation({ owner, repository, sha }, build),
        { method: 'PUT', path, body: report },
        ...(annotations.length > 0
          ? [{ method: 'POST', path: `${path}/annotations`, body: { annotations } } as const]
          : []),
      ];
    }
  }
}
