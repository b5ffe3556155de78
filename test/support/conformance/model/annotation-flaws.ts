import { ProviderError } from '@integrations/provider-kit';
import { annotationsFlaw, bypass, type Flaw } from './sabotage';

const PARTS = '^(inline_comments|pull_request): ';
const swallowed = { comments: [], outdated: 0 };

/** Plugins that each have one flaw with remarks, pull requests or previews. */
export const ANNOTATION_FLAWS: readonly Flaw[] = [
  annotationsFlaw('returns an incomplete answer', new RegExp(`${PARTS}returns a valid`), (good) => ({
    postInlineComments: async (...args) => ({
      ...(await good.postInlineComments(...args)),
      outdated: undefined as never,
    }),
    readPullRequest: async (...args) => ({ ...(await good.readPullRequest(...args)), locked: undefined as never }),
  })),
  annotationsFlaw('calls every failure internal', new RegExp(`${PARTS}throws the right error`), (good) => ({
    postInlineComments: (...args) => good.postInlineComments(...args).catch(asInternal),
    readPullRequest: (...args) => good.readPullRequest(...args).catch(asInternal),
  })),
  annotationsFlaw('swallows failures', /^inline_comments: posts no second/, (good) => ({
    postInlineComments: (...args) => good.postInlineComments(...args).catch(() => swallowed),
  })),
  annotationsFlaw('ignores the signal', new RegExp(`${PARTS}sends nothing after`), (good) => ({
    postInlineComments: (request, context) =>
      good.postInlineComments(request, { ...context, signal: new AbortController().signal }),
    readPullRequest: (pullRequest) => good.readPullRequest(pullRequest, new AbortController().signal),
  })),

  annotationsFlaw(
    'places remarks again each time',
    /^inline_comments: (changes no|updates a changed|posts no second)/,
    (good) => {
      let run = 0;
      return {
        postInlineComments: (request, context) => {
          const prefix = `${Date.now()} ${run++}`;
          const comments = request.comments.map((one) => ({ ...one, fingerprint: `${prefix} ${one.fingerprint}` }));
          return good.postInlineComments({ ...request, comments, outdated: 'keep' }, context);
        },
      };
    },
  ),
  annotationsFlaw('never updates remarks', /^inline_comments: updates a changed/, (good) => ({
    postInlineComments: (request, context) => {
      const comments = request.comments.map((one) => ({ ...one, body: 'The same.' }));
      return good.postInlineComments({ ...request, comments }, context);
    },
  })),
  annotationsFlaw('merges remarks with the same fingerprint', /^inline_comments: keeps two/, (good) => ({
    postInlineComments: (request, context) => {
      const comments = [...new Map(request.comments.map((one) => [one.fingerprint, one])).values()];
      return good.postInlineComments({ ...request, comments }, context);
    },
  })),
  annotationsFlaw('ignores its upsertKey', /^inline_comments: leaves the remarks of another/, (good) => ({
    postInlineComments: (request, context) => good.postInlineComments(request, { ...context, upsertKey: 'all' }),
  })),
  annotationsFlaw('settles nothing', /^inline_comments: settles/, (good) => ({
    postInlineComments: (request, context) => good.postInlineComments({ ...request, outdated: 'keep' }, context),
  })),
  annotationsFlaw('deletes remarks that it should resolve', /^inline_comments: settles/, (good) => ({
    postInlineComments: ({ outdated, ...request }, context) =>
      good.postInlineComments({ ...request, outdated: outdated === 'resolve' ? 'delete' : outdated }, context),
  })),

  annotationsFlaw('returns a branch name as the head of a pull request', /^pull_request: returns head/, (good) => ({
    readPullRequest: async (...args) => ({ ...(await good.readPullRequest(...args)), headSha: 'main' }),
  })),

  annotationsFlaw('previews a request differently each time', /^(comment|status): .*preview/, (good) => ({
    preview: (annotation, context) =>
      good.preview(annotation, { ...context, operationId: crypto.randomUUID() }).map((request) => ({
        ...request,
        body: { ...request.body, at: crypto.randomUUID() },
      })),
  })),
  annotationsFlaw('calls the vendor while it previews', /^(comment|status): returns the same preview/, (good) => ({
    preview: (...args) => {
      bypass();
      return good.preview(...args);
    },
  })),
  annotationsFlaw('previews something else than it sends', /^(comment|status): previews exactly/, (good) => ({
    preview: (...args) => good.preview(...args).map((request) => ({ ...request, body: { content: 'like this' } })),
  })),
];

function asInternal(): never {
  throw new ProviderError('internal', 'something failed');
}
