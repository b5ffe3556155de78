import type { ScmAnnotationClient } from '@integrations/provider-kit';
import { createCheckRun } from './check-runs';
import type { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { postComment } from './comments';
import { postInlineComments } from './inline-comments';
import { LIMITS } from './limits';
import { preview } from './preview';
import { readPullRequest } from './pull-requests';
import { postStatus } from './statuses';

/** Threads of pull requests, on lines too, statuses of commits and pull requests, and a substitute for check runs. */
export function azureDevOpsAnnotations(client: AzureDevOpsClient) {
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
