import {
  distinctFingerprints,
  type InlineOutcome,
  type PullRequestFacts,
  type ScmAnnotation,
  type ScmAnnotationClient,
} from '@integrations/provider-kit';
import type { ModelClient } from './client';
import type { Thing } from './vendor';

/** The model's annotations, in the simplest correct way. */
export function modelAnnotations(client: ModelClient) {
  return {
    postComment: async (request, { signal, ...context }) => {
      const { outcome, id } = await client.write(thingOf({ operation: 'comment', request }, context), signal);
      return { outcome, commentId: id, url: urlOf(id), truncated: [] };
    },

    postStatus: async (request, { signal, ...context }) => {
      const { outcome, id } = await client.write(thingOf({ operation: 'status', request }, context), signal);
      return { outcome, statusId: id, url: urlOf(id), state: request.state, context: request.context, truncated: [] };
    },

    postInlineComments: async ({ comments, outdated }, { upsertKey, signal }) => {
      const group = `inline ${upsertKey} `;
      const path = `/things?prefix=${encodeURIComponent(client.keyOf(group))}`;
      const { things } = await client.call<{ things: Thing[] }>('GET', path, signal);
      const earlier = new Map(things.map((thing) => [thing.key, thing]));
      const outcomes: InlineOutcome[] = [];
      for (const [index, fingerprint] of distinctFingerprints(comments).entries()) {
        const { body } = comments[index]!;
        const thing = { key: `${group}${fingerprint}`, content: { body, resolved: false } };
        const { outcome, id } = await client.write(thing, signal);
        earlier.delete(client.keyOf(thing.key));
        outcomes.push({
          ...{ fingerprint: comments[index]!.fingerprint, outcome },
          ...{ placed: 'inline', url: urlOf(id), reason: null },
        });
      }
      const left = [...earlier.values()].filter(
        ({ content }) => outdated !== 'resolve' || !(content as { resolved: boolean }).resolved,
      );
      if (outdated === 'keep') return { comments: outcomes, outdated: 0 };
      for (const thing of left) {
        const resolved = { ...thing, content: { ...(thing.content as object), resolved: true } };
        await client.call(outdated === 'delete' ? 'DELETE' : 'PUT', '/things', signal, resolved);
      }
      return { comments: outcomes, outdated: left.length };
    },

    readPullRequest: (_, signal) => client.call<PullRequestFacts>('GET', '/pull', signal),

    preview: (annotation, context) => [client.creationOf(thingOf(annotation, context))],
  } satisfies ScmAnnotationClient;
}

function thingOf(
  annotation: ScmAnnotation,
  { upsertKey, operationId }: { readonly upsertKey: string; readonly operationId: string },
): Pick<Thing, 'key' | 'content'> {
  if (annotation.operation === 'comment') {
    const { updateExisting, body } = annotation.request;
    return { key: `comment ${updateExisting ? `key:${upsertKey}` : `operation:${operationId}`}`, content: body };
  }
  if (annotation.operation === 'status') {
    const { context, state, description = '', targetUrl = '' } = annotation.request;
    return { key: `status ${context}`, content: { state, description, targetUrl } };
  }
  throw new Error('the model has no check runs');
}

function urlOf(id: string): string {
  return `https://model.example/${id}`;
}
