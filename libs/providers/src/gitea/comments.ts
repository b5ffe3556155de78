import type { ScmCommentRequest, ScmCommentResponse } from '@integrations/contracts';
import { type AnnotationContext, type CommentBoard, keepComment, ProviderError } from '@integrations/provider-kit';
import type { GiteaClient } from './client';
import { markedBody } from './marked-body';
import { readPull } from './pull-requests';
import { RepositoryClient, type Write } from './repository';

/** The fields we use of a comment, of issues and pull requests alike. */
interface Comment {
  readonly id: number;
  readonly body: string;
  readonly html_url: string;
  /** The URL of its pull request; empty on an issue. */
  readonly pull_request_url?: string;
  readonly user: { readonly id: number } | null;
}

export async function postComment(
  client: GiteaClient,
  request: ScmCommentRequest,
  context: AnnotationContext,
): Promise<ScmCommentResponse> {
  const repository = new RepositoryClient(client, request, context.signal);
  return keepComment(commentsOf(repository, request.pullRequestNumber), request, context);
}

export function commentCreation(pullRequestNumber: number, body: string): Write {
  return { method: 'POST', path: `/issues/${pullRequestNumber}/comments`, body: { body } };
}

/** Also updates remarks on lines. */
export function commentUpdate(id: string, body: string): Write {
  return { method: 'PATCH', path: `/issues/comments/${id}`, body: { body } };
}

export function commentsOf(repository: RepositoryClient, pullRequestNumber: number): CommentBoard<Comment> {
  return {
    mark: markedBody,
    own: () => ownComments(repository, pullRequestNumber),
    byId: (id) => byId(repository, pullRequestNumber, id),
    create: (body) => repository.write<Comment>(commentCreation(pullRequestNumber, body)),
    update: ({ id }, body) => repository.write<Comment>(commentUpdate(String(id), body)),
    describe: ({ id, html_url, body }) => ({ id: String(id), url: html_url, text: body }),
  };
}

/** Gitea lists all comments at once. */
async function* ownComments(repository: RepositoryClient, number: number): AsyncGenerator<Comment> {
  // Fails for an issue with that number. Without this check, Gitea would answer 500 if the number does not exist.
  await readPull(repository, number);
  const self = await repository.client.ownUserId(repository.signal);
  for (const comment of await repository.all<Comment>(`/issues/${number}/comments`)) {
    if (comment.user?.id === self) yield comment;
  }
}

/** Throws `invalid_request` for a comment of anyone else: users with write access could edit it, but we must not. */
async function byId(repository: RepositoryClient, number: number, id: string): Promise<Comment> {
  if (!/^\d{1,16}$/.test(id)) throw new ProviderError('invalid_request', 'commentId: must be a number');
  // Remarks on lines and Gitea's own entries in a pull request share the numbering of comments.
  const comment = await repository.find<Comment>(`/issues/comments/${id}`);
  if (!comment?.pull_request_url?.endsWith(`/pulls/${number}`)) {
    throw new ProviderError('invalid_request', `commentId: ${id} is not a comment on pull request ${number}`);
  }
  const self = await repository.client.ownUserId(repository.signal);
  if (comment.user?.id !== self) {
    throw new ProviderError('invalid_request', `commentId: comment ${id} was not written by this token's user`);
  }
  return comment;
}
