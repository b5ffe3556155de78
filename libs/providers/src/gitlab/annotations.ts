import type { ScmCheckRunRequest, ScmCommentRequest, ScmStatusRequest } from '@integrations/contracts';
import type {
  AnnotationContext,
  InlineCommentsRequest,
  PullRequestRef,
  ScmAnnotation,
  ScmAnnotationClient,
} from '@integrations/provider-kit';
import { createCheckRun } from './check-runs';
import type { GitLabClient } from './client';
import { postInlineComments } from './inline-comments';
import { LIMITS } from './limits';
import { readPullRequest } from './merge-requests';
import { postComment } from './notes';
import { preview } from './preview';
import { postStatus } from './statuses';

/** Merge request comments, those on lines too, commit statuses, and what stands for check runs. */
export function gitlabAnnotations(client: GitLabClient) {
  return {
    limits: LIMITS,
    postComment: (request: ScmCommentRequest, context: AnnotationContext) => postComment(client, request, context),
    postStatus: (request: ScmStatusRequest, context: AnnotationContext) => postStatus(client, request, context),
    createCheckRun: (request: ScmCheckRunRequest, context: AnnotationContext) =>
      createCheckRun(client, request, context),
    postInlineComments: (request: InlineCommentsRequest, context: AnnotationContext) =>
      postInlineComments(client, request, context),
    readPullRequest: (pullRequest: PullRequestRef, signal: AbortSignal) => readPullRequest(client, pullRequest, signal),
    preview: (annotation: ScmAnnotation, context: Omit<AnnotationContext, 'signal'>) =>
      preview(client, annotation, context),
  } satisfies ScmAnnotationClient;
}
