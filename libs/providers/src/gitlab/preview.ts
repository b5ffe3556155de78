import {
  type AnnotationContext,
  checkRunMarker,
  checkRunNote,
  commentMarker,
  remarkSet,
  type ScmAnnotation,
  type VendorRequest,
} from '@integrations/provider-kit';
import { pathOf } from '../vendors/gitlab/addresses';
import { planCheckRun } from './check-run-plan';
import type { GitLabClient } from '../vendors/gitlab/client';
import { markedBody, remarkBody } from './marked-body';
import { noteCreation, noteUpdate } from './notes';
import { discussionCreation } from './place-remarks';
import type { Write } from './project';
import { statusCreation, statusOf } from './statuses';

/**
 * Values that only GitLab knows: the commit's pipeline, the merge request whose head it is, and a position in the diff.
 */
const PIPELINE = '{pipeline_id}';
const MERGE_REQUEST = '{merge_request_iid}' as unknown as number;
const POSITION = '{position}';

/** The writes of an annotation on a GitLab that has nothing from us yet. */
export function preview(
  client: GitLabClient,
  annotation: ScmAnnotation,
  context: Omit<AnnotationContext, 'signal'>,
): readonly VendorRequest[] {
  const base = `${client.instance}/api/v4/projects/${encodeURIComponent(pathOf(annotation.request))}`;
  return writesOf(client, annotation, context).map(({ method, path, body = {} }) => ({
    method,
    url: `${base}${path}`,
    body,
  }));
}

function writesOf(
  client: GitLabClient,
  annotation: ScmAnnotation,
  context: Omit<AnnotationContext, 'signal'>,
): readonly Write[] {
  switch (annotation.operation) {
    case 'comment': {
      client.refuseJobToken('comment');
      const { request } = annotation;
      const { body } = markedBody(request.body, commentMarker(request, context));
      const { commentId } = request;
      return [commentId ? noteUpdate(request, commentId, body) : noteCreation(request, body)];
    }
    case 'status': {
      client.refuseJobToken('set a commit status');
      const { request } = annotation;
      return [statusCreation(request.commitSha, { ...statusOf(request).body, pipeline_id: PIPELINE })];
    }
    case 'check_run': {
      client.refuseJobToken('create a check run');
      return checkRunWrites(annotation.request, context.upsertKey);
    }
  }
}

/** The writes on a merge request happen only if the commit is the head of an open one. */
function checkRunWrites(
  request: Extract<ScmAnnotation, { operation: 'check_run' }>['request'],
  upsertKey: string,
): readonly Write[] {
  const plan = planCheckRun(request);
  const target = { pullRequestNumber: MERGE_REQUEST };
  const { remarks } = remarkSet('check_run', upsertKey, plan.comments);
  const note = checkRunNote(request, plan, plan.listed);
  return [
    statusCreation(request.headSha, { ...plan.statusBody, pipeline_id: PIPELINE }),
    ...remarks.map((remark) => discussionCreation(target, { body: remarkBody(remark, 'inline'), position: POSITION })),
    ...(note === null ? [] : [noteCreation(target, markedBody(note, checkRunMarker(request.name, upsertKey)).body)]),
  ];
}
