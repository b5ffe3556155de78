import type { ScmCommentRequest, ScmCommentResponse, Truncation, WriteOutcome } from '@integrations/contracts';
import { type MarkedText, markerOf, sameText, shortHash } from '../marked-body';
import type { AnnotationContext } from '../scm-annotation-client';

/** A pull request as a place for comments. */
export interface CommentBoard<T> {
  mark(text: string, marker: string): MarkedText;
  /** All comments that the credential's own account wrote, over all pages. */
  own(): AsyncIterable<T>;
  /** Throws ProviderError `invalid_request` for an invalid id, and for another account's comment. */
  byId(id: string): Promise<T>;
  create(body: string): Promise<T>;
  update(comment: T, body: string): Promise<T>;
  describe(comment: T): { readonly id: string; readonly url: string; readonly text: string };
}

/**
 * Keeps one comment per upsert key up to date. The comment is found by its marker and its author, so a marker that
 * someone else copied has no effect. With `updateExisting: false` the marker includes the operation: each operation
 * adds its own comment, once.
 */
export async function keepComment<T>(
  board: CommentBoard<T>,
  request: ScmCommentRequest,
  context: AnnotationContext,
): Promise<ScmCommentResponse> {
  const wanted = commentMarker(request, context);
  if (!request.commentId) return upsertComment(board, request.body, wanted);
  const existing = await board.byId(request.commentId);
  return bringUpToDate(board, existing, request.body, markerOf(board.describe(existing).text) ?? wanted);
}

export function commentMarker(
  { updateExisting }: ScmCommentRequest,
  { upsertKey, operationId }: Omit<AnnotationContext, 'signal'>,
): string {
  return shortHash(upsertKey, ...(updateExisting ? [] : [operationId]));
}

/** Updates the own comment that carries the marker, or creates it. */
export async function upsertComment<T>(
  board: CommentBoard<T>,
  text: string,
  marker: string,
): Promise<ScmCommentResponse> {
  const updated = await updateComment(board, text, marker);
  if (updated) return updated;
  const { body, truncated } = board.mark(text, marker);
  return responseOf(board, 'created', await board.create(body), truncated);
}

/** Updates the own comment that carries the marker; null if there is none. */
export async function updateComment<T>(
  board: CommentBoard<T>,
  text: string,
  marker: string,
): Promise<ScmCommentResponse | null> {
  for await (const comment of board.own()) {
    if (markerOf(board.describe(comment).text) === marker) return bringUpToDate(board, comment, text, marker);
  }
  return null;
}

async function bringUpToDate<T>(
  board: CommentBoard<T>,
  comment: T,
  text: string,
  marker: string,
): Promise<ScmCommentResponse> {
  const { body, truncated } = board.mark(text, marker);
  if (sameText(board.describe(comment).text, body)) return responseOf(board, 'unchanged', comment, truncated);
  return responseOf(board, 'updated', await board.update(comment, body), truncated);
}

function responseOf<T>(
  board: CommentBoard<T>,
  outcome: WriteOutcome,
  comment: T,
  truncated: readonly Truncation[],
): ScmCommentResponse {
  const { id, url } = board.describe(comment);
  return { outcome, commentId: id, url, truncated };
}
