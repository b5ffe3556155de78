import type { ScmCheckRunRequest } from '@integrations/contracts';
import {
  type AnnotationContext,
  checkRunMarker,
  checkRunNote,
  commentMarker,
  remarkSet,
  type ScmAnnotation,
  type VendorRequest,
} from '@integrations/provider-kit';
import { pathOf } from './addresses';
import { planCheckRun } from './check-run-plan';
import type { GiteaClient } from './client';
import { commentCreation, commentUpdate } from './comments';
import { markedBody } from './marked-body';
import { reviewComment, reviewCreation } from './place-remarks';
import type { Write } from './repository';
import { statusCreation, statusOf } from './statuses';

/** Values that only Gitea knows: the pull request whose head is the commit, and a position in its diff. */
const PULL_REQUEST = '{pull_request_number}' as unknown as number;
const POSITION = { new_position: '{new_position}', old_position: '{old_position}' };

/** The writes of an annotation on a Gitea that has nothing from us yet. */
export function preview(
  client: GiteaClient,
  annotation: ScmAnnotation,
  context: Omit<AnnotationContext, 'signal'>,
): readonly VendorRequest[] {
  const base = `${client.instance}/api/v1${pathOf(annotation.request)}`;
  return writesOf(annotation, context).map(({ method, path, body = {} }) => ({ method, url: `${base}${path}`, body }));
}

function writesOf(annotation: ScmAnnotation, context: Omit<AnnotationContext, 'signal'>): readonly Write[] {
  switch (annotation.operation) {
    case 'comment': {
      const { request } = annotation;
      const { body } = markedBody(request.body, commentMarker(request, context));
      const { commentId, pullRequestNumber } = request;
      return [commentId ? commentUpdate(commentId, body) : commentCreation(pullRequestNumber, body)];
    }
    case 'status': {
      const { request } = annotation;
      return [statusCreation(request.commitSha, statusOf(request).body)];
    }
    case 'check_run':
      return checkRunWrites(annotation.request, context.upsertKey);
  }
}

/** The writes on a pull request happen only if the commit is the head of an open one. */
function checkRunWrites(request: ScmCheckRunRequest, upsertKey: string): readonly Write[] {
  const plan = planCheckRun(request);
  const { remarks } = remarkSet('check_run', upsertKey, plan.comments);
  const comments = remarks.map((remark) => reviewComment(remark, POSITION));
  const note = checkRunNote(request, plan, plan.listed);
  const marker = checkRunMarker(request.name, upsertKey);
  return [
    statusCreation(request.headSha, plan.statusBody),
    ...(comments.length > 0 ? [reviewCreation({ ...request, pullRequestNumber: PULL_REQUEST }, comments)] : []),
    ...(note === null ? [] : [commentCreation(PULL_REQUEST, markedBody(note, marker).body)]),
  ];
}
