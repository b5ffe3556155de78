import {
  type AnnotationContext,
  commentMarker,
  type ScmAnnotation,
  type VendorRequest,
} from '@integrations/provider-kit';
import { planCheckRun } from './check-run-plan';
import { firstPart, furtherParts } from './check-runs';
import { repositoryPath } from '../vendors/github/client';
import { commentsPath } from './comments';
import { markedBody } from './marked-body';
import { statusesPath, statusOf } from './statuses';

/**
 * The writes of an annotation on a GitHub that has nothing from us yet. A check run's id is unknown until it is
 * created: `{check_run_id}` stands for it.
 */
export function preview(
  endpoint: string,
  annotation: ScmAnnotation,
  context: Omit<AnnotationContext, 'signal'>,
): readonly VendorRequest[] {
  const base = `${endpoint}${repositoryPath(annotation.request)}`;
  return writesOf(annotation, context).map(({ method, path, body }) => ({
    method,
    url: `${base}${path}`,
    // JSON drops undefined fields, as when the body is sent.
    body: JSON.parse(JSON.stringify(body)) as object,
  }));
}

interface Write {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly body: object;
}

function writesOf(annotation: ScmAnnotation, context: Omit<AnnotationContext, 'signal'>): Write[] {
  switch (annotation.operation) {
    case 'comment': {
      const { request } = annotation;
      const { body } = markedBody(request.body, commentMarker(request, context));
      if (request.commentId)
        return [{ method: 'PATCH', path: `/issues/comments/${request.commentId}`, body: { body } }];
      return [{ method: 'POST', path: commentsPath(request), body: { body } }];
    }
    case 'status': {
      const { request } = annotation;
      return [{ method: 'POST', path: statusesPath(request), body: statusOf(request).wanted }];
    }
    case 'check_run': {
      const { request } = annotation;
      const plan = planCheckRun(request, context.upsertKey);
      const path = '/check-runs/{check_run_id}';
      return [
        { method: 'POST', path: '/check-runs', body: firstPart(request, plan) },
        ...furtherParts(plan).map((body) => ({ method: 'PATCH', path, body }) as const),
      ];
    }
  }
}
