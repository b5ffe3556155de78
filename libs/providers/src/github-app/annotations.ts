import type { ScmCheckRunRequest, ScmCommentRequest, ScmStatusRequest } from '@integrations/contracts';
import type { AnnotationContext, ScmAnnotationClient } from '@integrations/provider-kit';
import { createCheckRun } from './check-runs';
import type { GitHubClient } from './client';
import { postComment } from './comments';
import { postStatus } from './statuses';

/** Pull request comments, commit statuses and check runs. */
export function githubAnnotations(client: GitHubClient) {
  return {
    postComment: (request: ScmCommentRequest, context: AnnotationContext) => postComment(client, request, context),
    postStatus: (request: ScmStatusRequest, context: AnnotationContext) => postStatus(client, request, context),
    createCheckRun: (request: ScmCheckRunRequest, context: AnnotationContext) =>
      createCheckRun(client, request, context),
  } satisfies ScmAnnotationClient;
}
