import type { ScmCheckRunAnnotation, ScmCheckRunRequest, ScmCommentResponse } from '@integrations/contracts';
import type { CheckRunState } from './check-run-state';
import { checkRunHeading, checkRunMarker, checkRunNote } from './emulated-check-run';
import { type CommentBoard, updateComment, upsertComment } from './keep-comment';

export interface NotedCheckRun {
  readonly request: ScmCheckRunRequest;
  readonly state: CheckRunState;
  readonly upsertKey: string;
  /** The annotations that have no remark. */
  readonly unplaced: readonly ScmCheckRunAnnotation[];
}

/**
 * Brings the comment of an emulated check run up to date. A run that ends with nothing to say makes none; but what an
 * earlier one said is not true any more: there it says how this one ended. Null if there is none. What is cut of it is
 * named by the field of the request that it ends with.
 */
export async function keepCheckRunNote<T>(
  board: CommentBoard<T>,
  { request, state, upsertKey, unplaced }: NotedCheckRun,
): Promise<ScmCommentResponse | null> {
  const marker = checkRunMarker(request.name, upsertKey);
  const text = checkRunNote(request, state, unplaced);
  if (text !== null) {
    const note = await upsertComment(board, text, marker);
    const field = unplaced.length > 0 ? 'annotations' : request.text ? 'text' : 'summary';
    return { ...note, truncated: note.truncated.map((cut) => ({ ...cut, field })) };
  }
  return state.status === 'completed' ? updateComment(board, checkRunHeading(request, state), marker) : null;
}
