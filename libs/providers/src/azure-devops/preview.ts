import {
  type AnnotationContext,
  checkRunMarker,
  checkRunNote,
  commentMarker,
  isSuggestion,
  type Remark,
  remarkSet,
  type ScmAnnotation,
  type VendorRequest,
} from '@integrations/provider-kit';
import { repositoryPath } from '../vendors/azure-devops/addresses';
import { planCheckRun } from './check-run-plan';
import type { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { noteCreation, readCommentId } from './comments';
import { markedBody } from './marked-body';
import { linesOf, remarkCreation } from './place-remarks';
import type { Write } from './repository';
import { commitStatusCreation, pullStatusCreation, type StatusBody, statusOf } from './statuses';
import { commentUpdate } from './threads';

/** Values that only Azure DevOps knows: a pull request, its iteration, a position in its changes, a line's length. */
const PULL_REQUEST = '{pullRequestId}';
const ITERATION = '{iterationId}';
const PLACE = '{pullRequestThreadContext}';
const END_OF_LINE = '{offset}';

/** The writes of an annotation on an Azure DevOps that has nothing from us yet. */
export function preview(
  client: AzureDevOpsClient,
  annotation: ScmAnnotation,
  context: Omit<AnnotationContext, 'signal'>,
): readonly VendorRequest[] {
  const base = repositoryPath(annotation.request);
  return writesOf(annotation, context).map(({ method, path, body }) => ({
    method,
    url: client.urlOf({ method, path: `${base}${path}` }),
    body,
  }));
}

function writesOf(annotation: ScmAnnotation, context: Omit<AnnotationContext, 'signal'>): readonly Write[] {
  switch (annotation.operation) {
    case 'comment': {
      const { request } = annotation;
      const { commentId, pullRequestNumber } = request;
      const { body } = markedBody(request.body, commentMarker(request, context));
      if (!commentId) return [noteCreation(pullRequestNumber, body)];
      const { thread, comment } = readCommentId(commentId);
      return [commentUpdate(pullRequestNumber, thread, comment, body)];
    }
    case 'status':
      return statusWrites(annotation.request.commitSha, statusOf(annotation.request).body);
    case 'check_run':
      return checkRunWrites(annotation.request, context.upsertKey);
  }
}

/** The status on a pull request is set only if the commit is the head of an open one. */
function statusWrites(sha: string, body: StatusBody): readonly Write[] {
  return [commitStatusCreation(sha, body), pullStatusCreation(PULL_REQUEST, ITERATION, body)];
}

function checkRunWrites(
  request: Extract<ScmAnnotation, { operation: 'check_run' }>['request'],
  upsertKey: string,
): readonly Write[] {
  const plan = planCheckRun(request);
  const { remarks } = remarkSet('check_run', upsertKey, plan.comments);
  const note = checkRunNote(request, plan, plan.listed);
  return [
    ...statusWrites(request.headSha, plan.statusBody),
    ...remarks.map((remark) =>
      remarkCreation(
        PULL_REQUEST,
        remark,
        { threadContext: threadContextOf(remark), pullRequestThreadContext: PLACE },
        true,
      ),
    ),
    ...(note === null
      ? []
      : [noteCreation(PULL_REQUEST, markedBody(note, checkRunMarker(request.name, upsertKey)).body)]),
  ];
}

function threadContextOf(remark: Remark): object {
  const context = linesOf(remark.comment, false);
  return isSuggestion(remark)
    ? { ...context, rightFileEnd: { ...context.rightFileEnd, offset: END_OF_LINE } }
    : context;
}
