import type { ScmCheckRunRequest, ScmCommentRequest, ScmStatusRequest } from '@integrations/contracts';
import type {
  AnnotationContext,
  InlineCommentsRequest,
  PullRequestRef,
  ScmAnnotation,
  ScmAnnotationClient,
} from '@integrations/provider-kit';
import { createCheckRun } from './check-runs';
import type { GitHubClient } from './client';
import { postComment } from './comments';
import { postInlineComments } from './inline-comments';
import { LIMITS } from './limits';
import { preview } from './preview';
import { readPullRequest } from './pull-requests';
import { postStatus } from './statuses';

/** Pull request comments, inline ones too, commit statuses and check runs. */
export function githubAnnotations(client: GitHubClient) {
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
      preview(client.endpoint, annotation, context),
  } satisfies ScmAnnotationClient;
}
