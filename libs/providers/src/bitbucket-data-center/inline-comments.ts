import {
  type AnnotationContext,
  hasCode,
  type InlineCommentsRequest,
  type InlineCommentsResponse,
  type InlineOutcome,
  keepRemarks,
  markerOf,
  NOT_SHOWN_WHEN_POSTED,
  nullIf,
  type OwnRemark,
  placedRemark,
  type Remark,
  type RemarkBoard,
  remarkSet,
  sameText,
} from '@integrations/provider-kit';
import type { BitbucketClient } from './client';
import { type Comment, type ListedComment, Conversation } from './conversation';
import { MAX_REMARKS_AT_FILES } from './limits';
import { placeRemarks } from './place-remarks';
import { remarkBody } from './remark-body';
import { RepositoryClient } from './repository';

export function postInlineComments(
  client: BitbucketClient,
  request: InlineCommentsRequest,
  { upsertKey, signal }: AnnotationContext,
): Promise<InlineCommentsResponse> {
  const conversation = new Conversation(new RepositoryClient(client, request, signal), request);
  const board: RemarkBoard<ListedComment> = {
    maxAtFiles: MAX_REMARKS_AT_FILES,
    own: (group) => ownRemarks(conversation, group),
    bringUpToDate: (remark, comment) => bringUpToDate(conversation, remark, comment),
    place: (remarks, room) => placeRemarks(conversation, request, remarks, room),
    settle: (comment, policy) => settle(conversation, comment, policy),
  };
  return keepRemarks(board, remarkSet('inline', upsertKey, request.comments), request.outdated);
}

async function ownRemarks(conversation: Conversation, group: string): Promise<OwnRemark<ListedComment>[]> {
  const found: OwnRemark<ListedComment>[] = [];
  for await (const comment of conversation.own()) {
    const marker = markerOf(comment.text);
    // By the marker alone: a thread whose lines are gone may have lost its anchor too.
    if (!marker?.startsWith(group)) continue;
    found.push({ marker, thread: comment, isAnswered: await isAnswered(conversation, comment) });
  }
  return found.sort((a, b) => a.thread.id - b.thread.id);
}

async function isAnswered(conversation: Conversation, { comments = [] }: Comment): Promise<boolean> {
  for (const reply of comments) {
    if (!(await conversation.isOwn(reply)) || (await isAnswered(conversation, reply))) return true;
  }
  return false;
}

/** A thread that a person resolved stays resolved. */
async function bringUpToDate(
  conversation: Conversation,
  remark: Remark,
  comment: ListedComment,
): Promise<InlineOutcome> {
  const placed = comment.anchor && !comment.anchor.line ? 'file' : 'inline';
  const { client, signal } = conversation.repository;
  const reopens = comment.threadResolved === true && (await client.isSelf(comment.threadResolver, signal));
  const text = await remarkBody(conversation.repository, remark, placed);
  const isSame = sameText(comment.text, text);
  if (!isSame || reopens) {
    await conversation.change(comment, { ...(isSame ? {} : { text }), ...(reopens ? { threadResolved: false } : {}) });
  }
  const outcome = isSame && !reopens ? 'unchanged' : 'updated';
  return placedRemark(
    remark,
    outcome,
    placed,
    conversation.urlOf(comment),
    placed === 'file' ? NOT_SHOWN_WHEN_POSTED : null,
  );
}

/** Versions before 8.9 cannot resolve threads, and ignore the request. */
async function settle(
  conversation: Conversation,
  comment: ListedComment,
  policy: 'resolve' | 'delete',
): Promise<'settled' | 'was_settled' | 'refused'> {
  if (policy === 'delete') return (await conversation.delete(comment)) ? 'settled' : 'was_settled';
  if (comment.threadResolved) return 'was_settled';
  const changed = await conversation.change(comment, { threadResolved: true }).catch(asRefusal);
  return changed?.threadResolved ? 'settled' : 'refused';
}

const asRefusal = nullIf((error) => hasCode(error, 'permission_missing'));
