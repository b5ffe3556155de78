import {
  type AnnotationContext,
  offAbort,
  onAbort,
  ProviderError,
  type ScmAnnotationClient,
} from '@integrations/provider-kit';
import { asProviderError, type Guarded } from './as-provider-error';

/** How long after the abort of its signal a plugin may still find words of its own. */
const GRACE_MS = 1_000;

/** Runs a plugin's code: what it throws becomes a ProviderError, and it does not outlive its signal by more than 1 s. */
export function guarded<T>(plugin: Guarded, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  // By hand and without another controller: every abort makes an error with a stack, and this runs for each operation.
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = () =>
      reject(new ProviderError('timeout', `${plugin.provider}: the plugin went on after its signal had aborted`));
    const aborted = () => (timer = setTimeout(tooLate, GRACE_MS));
    const over = () => {
      clearTimeout(timer);
      offAbort(signal, aborted);
    };
    const succeed = (result: T) => {
      over();
      resolve(result);
    };
    const fail = (error: unknown) => {
      over();
      reject(asProviderError(error, plugin));
    };
    if (signal.aborted) aborted();
    else onAbort(signal, aborted);
    try {
      Promise.resolve(work()).then(succeed, fail);
    } catch (error) {
      fail(error);
    }
  });
}

/** The same client, guarded; an absent method stays absent. */
export function guardAnnotations(client: ScmAnnotationClient, plugin: Guarded): ScmAnnotationClient {
  const guard = <Q, R>(method: ((request: Q, context: AnnotationContext) => Promise<R>) | undefined) =>
    method &&
    ((request: Q, context: AnnotationContext) =>
      guarded(plugin, context.signal, () => method.call(client, request, context)));
  const { readPullRequest, preview, limits } = client;
  return {
    ...(limits ? { limits } : {}),
    postComment: guard(client.postComment),
    postStatus: guard(client.postStatus),
    createCheckRun: guard(client.createCheckRun),
    cancelCheckRun: guard(client.cancelCheckRun),
    postInlineComments: guard(client.postInlineComments),
    readPullRequest:
      readPullRequest &&
      ((pullRequest, signal) => guarded(plugin, signal, () => readPullRequest.call(client, pullRequest, signal))),
    preview: preview && ((...args) => guardedPure(plugin, () => preview.apply(client, args))),
  };
}

/** The same of what answers at once. */
export function guardedPure<T>(plugin: Guarded, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asProviderError(error, plugin);
  }
}
