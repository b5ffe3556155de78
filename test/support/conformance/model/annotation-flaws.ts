import { ProviderError } from '@integrations/provider-kit';
import { annotationsFlaw, bypass, type Flaw } from './sabotage';

const PARTS = '^(inline_comments|pull_request): ';
const swallowed = { comments: [], outdated: 0 };

/** Plugins that each have one flaw with remarks, pull requests or previews. */
export const ANNOTATION_FLAWS: readonly Flaw[] = [
  annotationsFlaw('answers too little', new RegExp(`${PARTS}answers what`), (good) => ({
    postInlineComments: async (...args) => ({
      ...(await good.postInlineComments(...args)),
      outdated: undefined as never,
    }),
    readPullRequest: async (...args) => ({ ...(await good.readPullRequest(...args)), locked: undefined as never }),
  })),
  annotationsFlaw('says internal of every failure', new RegExp(`${PARTS}.*becomes the right error`), (good) => ({
    postInlineComments: (...args) => good.postInlineComments(...args).catch(asInternal),
    readPullRequest: (...args) => good.readPullRequest(...args).catch(asInternal),
  })),
  annotationsFlaw('swallows what fails', /^inline_comments: no reply/, (good) => ({
    postInlineComments: (...args) => good.postInlineComments(...args).catch(() => swallowed),
  })),
  annotationsFlaw('does not heed the signal', new RegExp(`${PARTS}sends nothing once`), (good) => ({
    postInlineComments: (request, context) =>
      good.postInlineComments(request, { ...context, signal: new AbortController().signal }),
    readPullRequest: (pullRequest) => good.readPullRequest(pullRequest, new AbortController().signal),
  })),

  annotationsFlaw('places remarks anew each time', /^inline_comments: (said again|one that says|no reply)/, (good) => {
    let run = 0;
    return {
      postInlineComments: (request, context) => {
        const prefix = `${Date.now()} ${run++}`;
        const comments = request.comments.map((one) => ({ ...one, fingerprint: `${prefix} ${one.fingerprint}` }));
        return good.postInlineComments({ ...request, comments, outdated: 'keep' }, context);
      },
    };
  }),
  annotationsFlaw('leaves remarks as they were', /^inline_comments: one that says/, (good) => ({
    postInlineComments: (request, context) => {
      const comments = request.comments.map((one) => ({ ...one, body: 'The same.' }));
      return good.postInlineComments({ ...request, comments }, context);
    },
  })),
  annotationsFlaw('takes twins for one', /^inline_comments: two that share/, (good) => ({
    postInlineComments: (request, context) => {
      const comments = [...new Map(request.comments.map((one) => [one.fingerprint, one])).values()];
      return good.postInlineComments({ ...request, comments }, context);
    },
  })),
  annotationsFlaw('does not know its upsertKey', /^inline_comments: those of another/, (good) => ({
    postInlineComments: (request, context) => good.postInlineComments(request, { ...context, upsertKey: 'all' }),
  })),
  annotationsFlaw('settles nothing', /^inline_comments: what is no longer/, (good) => ({
    postInlineComments: (request, context) => good.postInlineComments({ ...request, outdated: 'keep' }, context),
  })),
  annotationsFlaw('deletes what is to be resolved', /^inline_comments: what is no longer/, (good) => ({
    postInlineComments: ({ outdated, ...request }, context) =>
      good.postInlineComments({ ...request, outdated: outdated === 'resolve' ? 'delete' : outdated }, context),
  })),

  annotationsFlaw('knows half of a pull request', /^pull_request: how it stands/, (good) => ({
    readPullRequest: async (...args) => ({ ...(await good.readPullRequest(...args)), headSha: 'main' }),
  })),

  annotationsFlaw('shows it differently each time', /^(comment|status): its preview/, (good) => ({
    preview: (annotation, context) =>
      good.preview(annotation, { ...context, operationId: crypto.randomUUID() }).map((request) => ({
        ...request,
        body: { ...request.body, at: crypto.randomUUID() },
      })),
  })),
  annotationsFlaw('calls while it previews', /^(comment|status): its preview is the same/, (good) => ({
    preview: (...args) => {
      bypass();
      return good.preview(...args);
    },
  })),
  annotationsFlaw('shows something else than it sends', /^(comment|status): its preview is what/, (good) => ({
    preview: (...args) => good.preview(...args).map((request) => ({ ...request, body: { content: 'like this' } })),
  })),
];

function asInternal(): never {
  throw new ProviderError('internal', 'something failed');
}
