import type { ScmCommentRequest, ScmCommentResponse } from '@integrations/contracts';
import { type AnnotationContext, type CommentBoard, keepComment, ProviderError } from '@integrations/provider-kit';
import type { BitbucketClient } from './client';
import { type Comment, Conversation } from './conversation';
import { markedBody } from './marked-body';
import { RepositoryClient } from './repository';

export function postComment(
  client: BitbucketClient,
  request: ScmCommentRequest,
  context: AnnotationContext,
): Promise<ScmCommentResponse> {
  const conversation = new Conversation(new RepositoryClient(client, request, context.signal), request);
  return keepComment(boardOf(conversation), request, context);
}

function boardOf(conversation: Conversation): CommentBoard<Comment> {
  return {
    mark: markedBody,
    own: () => conversation.own(),
    byId: (id) => ownComment(conversation, id),
    create: (text) => conversation.create({ text }),
    update: (comment, text) => conversation.change(comment, { text }),
    describe: (comment) => ({ id: String(comment.id), url: conversation.urlOf(comment), text: comment.text }),
  };
}

/** Throws `invalid_request` for a comment of anyone else: only its author may change it. */
async function ownComment(conversation: Conversation, id: string): Promise<Comment> {
  if (!/^\d{1,16}$/.test(id)) throw new ProviderError('invalid_request', 'commentId: must be a number');
  const comment = await conversation.read(id);
  if (await conversation.isOwn(comment)) return comment;
  throw new ProviderError('invalid_request', `commentId: comment ${id} was not written by this token's account`);
}
