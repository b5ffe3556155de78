import {
  type AnnotationContext,
  commentMarker,
  type ScmAnnotation,
  type VendorRequest,
} from '@integrations/provider-kit';
import { repositoryPath } from './addresses';
import { planCheckRun } from './check-run-plan';
import { reportWrites } from './check-runs';
import type { BitbucketClient } from './client';
import { commentCreation, commentUpdate } from './comments';
import { markedBody } from './marked-body';
import type { Write } from './repository';
import { statusOf, statusWrite } from './statuses';

/** The writes of an annotation on a Bitbucket that has nothing from us yet. */
export function preview(
  client: BitbucketClient,
  annotation: ScmAnnotation,
  context: Omit<AnnotationContext, 'signal'>,
): readonly VendorRequest[] {
  const base = `${client.api}${repositoryPath(annotation.request)}`;
  return writesOf(client, annotation, context).map(({ method, path, body = {} }) => ({
    method,
    url: `${base}${path}`,
    body,
  }));
}

function writesOf(
  client: BitbucketClient,
  annotation: ScmAnnotation,
  context: Omit<AnnotationContext, 'signal'>,
): readonly Write[] {
  switch (annotation.operation) {
    case 'comment': {
      const { request } = annotation;
      const { body } = markedBody(request.body, commentMarker(request, context));
      const { commentId } = request;
      return [commentId ? commentUpdate(request, commentId, body) : commentCreation(request, body)];
    }
    case 'status': {
      const { request } = annotation;
      return [statusWrite(request.commitSha, statusOf(client, request).status)];
    }
    case 'check_run': {
      const { request } = annotation;
      const plan = planCheckRun(client, request, context.upsertKey);
      return [statusWrite(request.headSha, plan.build), ...reportWrites(request, plan, plan.annotations)];
    }
  }
}
