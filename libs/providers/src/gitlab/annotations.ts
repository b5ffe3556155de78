import type { ScmAnnotationClient } from '@integrations/provider-kit';
import { createCheckRun } from './check-runs';
import type { GitLabClient } from '../vendors/gitlab/client';
import { postInlineComments } from './inline-comments';
import { LIMITS } from './limits';
import { readPullRequest } from './merge-requests';
import { postComment } from './notes';
import { preview } from './preview';
import { postStatus } from './statuses';

/** Merge request comments, including those on lines, commit statuses, and our substitute for check runs. */
export function gitlabAnnotations(client: GitLabClient) {
  return {
    limits: LIMITS,
    postComment: (request, context) => postComment(client, request, context),
    postStatus: (request, context) => postStatus(client, request, context),
    createCheckRun: (request, context) => createCheckRun(client, request, context),
    postInlineComments: (request, context) => postInlineComments(client, request, context),
    readPullRequest: (pullRequest, signal) => readPullRequest(client, pullRequest, signal),
    preview: (annotation, context) => preview(client, annotation, context),
  } satisfies ScmAnnotationClient;
}
