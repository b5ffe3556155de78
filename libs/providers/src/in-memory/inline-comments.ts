import { isDeepStrictEqual } from 'node:util';
import {
  type AnnotationContext,
  distinctFingerprints,
  type InlineComment,
  type InlineCommentsRequest,
  type InlineCommentsResponse,
  type InlineOutcome,
} from '@integrations/provider-kit';
import { type InMemoryClient, type Place, urlOf } from './client';
import type { Entry } from './memory';

interface Remark {
  readonly upsertKey: string;
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly body: string;
  readonly resolved: boolean;
}

/** Updates the remarks of an upsert key. With this vendor, every line is in the diff and nobody replies. */
export async function postInlineComments(
  client: InMemoryClient,
  request: InlineCommentsRequest,
  { upsertKey, signal }: AnnotationContext,
): Promise<InlineCommentsResponse> {
  const { owner, repository, pullRequestNumber } = request;
  const place: Place = { owner, repository, kind: 'inline-comment', pullRequestNumber };
  const remarks = (await client.list<Remark>(place, signal)).filter(({ content }) => content.upsertKey === upsertKey);
  const earlier = new Map(remarks.map((remark) => [remark.marker, remark]));

  const keys = distinctFingerprints(request.comments);
  const comments: InlineOutcome[] = [];
  for (const [index, comment] of request.comments.entries()) {
    const marker = JSON.stringify([upsertKey, keys[index]]);
    const content = remarkOf(comment, upsertKey);
    const { outcome, entry } = await write(client, place, marker, content, earlier.get(marker), signal);
    earlier.delete(marker);
    const { fingerprint } = comment;
    comments.push({ fingerprint, outcome, placed: 'inline', url: urlOf(place, entry), reason: null });
  }
  return { comments, outdated: await settleOutdated(client, [...earlier.values()], request.outdated, signal) };
}

function remarkOf({ path, startLine, endLine, body }: InlineComment, upsertKey: string): Remark {
  return { upsertKey, path, startLine, endLine, body, resolved: false };
}

async function write(
  client: InMemoryClient,
  place: Place,
  marker: string,
  content: Remark,
  existing: Entry<Remark> | undefined,
  signal: AbortSignal,
): Promise<{ outcome: 'created' | 'updated' | 'unchanged'; entry: Entry<Remark> }> {
  if (!existing) return { outcome: 'created', entry: await client.create(place, marker, content, signal) };
  if (isDeepStrictEqual(existing.content, content)) return { outcome: 'unchanged', entry: existing };
  return { outcome: 'updated', entry: await client.update(existing, content, signal) };
}

async function settleOutdated(
  client: InMemoryClient,
  outdated: readonly Entry<Remark>[],
  policy: InlineCommentsRequest['outdated'],
  signal: AbortSignal,
): Promise<number> {
  if (policy === 'keep') return 0;
  const toSettle = outdated.filter(({ content }) => policy === 'delete' || !content.resolved);
  for (const remark of toSettle) {
    if (policy === 'delete') await client.delete(remark, signal);
    else await client.update(remark, { ...remark.content, resolved: true }, signal);
  }
  return toSettle.length;
}
