import type { AnnotationContext, ScmAnnotationClient } from '@integrations/provider-kit';
import { CHECK_RUN, checkedAnswer, COMMENT, PREVIEW, PULL_REQUEST, REMARKS, type Shape, STATUS } from './answers';
import type { Guarded } from './as-provider-error';
import { asked, guarded, guardedPure } from './guard';

/** The client with every method guarded; absent methods stay absent. */
export function guardAnnotations(client: ScmAnnotationClient, plugin: Guarded): ScmAnnotationClient {
  const guard = <Q, R>(
    name: string,
    method: ((request: Q, context: AnnotationContext) => Promise<R>) | undefined,
    shape: Shape,
  ) =>
    method &&
    ((request: Q, context: AnnotationContext) =>
      asked(plugin, name, shape, context.signal, () => method.call(client, request, context)));
  const { cancelCheckRun, readPullRequest, preview, limits } = client;
  return {
    ...(limits ? { limits } : {}),
    postComment: guard('postComment', client.postComment, COMMENT),
    postStatus: guard('postStatus', client.postStatus, STATUS),
    createCheckRun: guard('createCheckRun', client.createCheckRun, CHECK_RUN),
    postInlineComments: guard('postInlineComments', client.postInlineComments, REMARKS),
    cancelCheckRun:
      cancelCheckRun &&
      ((run, context) => guarded(plugin, context.signal, () => cancelCheckRun.call(client, run, context))),
    readPullRequest:
      readPullRequest &&
      ((pullRequest, signal) =>
        asked(plugin, 'readPullRequest', PULL_REQUEST, signal, () =>
          readPullRequest.call(client, pullRequest, signal),
        )),
    preview:
      preview &&
      ((...args) => {
        const answer = guardedPure(plugin, () => ({ requests: preview.apply(client, args) }));
        return checkedAnswer(plugin, 'preview', PREVIEW, answer).requests;
      }),
  };
}
