import type { ScmCommentRequest, ScmCommentResponse } from '@integrations/contracts';
import {
  type AnnotationContext,
  type CommentBoard,
  keepComment,
  ProviderError,
  type PullRequestRef,
} from '@integrations/provider-kit';
import type { BitbucketClient } from './client';
import { unreadable } from './errors';
import { type Account, ownAuthor } from './identity';
import { markedBody } from './marked-body';
import type { Place } from './places';
import { pullRequestPath } from './pull-requests';
import { RepositoryClient, type Write } from './repository';

/** The fields we use of a comment. */
export interface Comment {
  readonly id: number;
  readonly content?: { readonly raw?: string };
  readonly user?: Account | null;
  /** A deleted comment stays in the list, without its text. */
  readonly deleted?: boolean;
  readonly parent?: { readonly id: number };
  /** Absent for a comment on the pull request as a whole. */
  readonly inline?: { readonly to?: number | null; readonly from?: number | null };
  readonly resolution?: { readonly user?: Account | null } | null;
}

type On = Pick<PullRequestRef, 'pullRequestNumber'>;

export async function postComment(
  client: BitbucketClient,
  request: ScmCommentRequest,
  context: AnnotationContext,
): Promise<ScmCommentResponse> {
  return keepComment(commentsOf(new RepositoryClient(client, request, context.signal), request), request, context);
}

export function commentCreation(on: On, raw: string, inline?: Place): Write {
  return { method: 'POST', path: commentsPath(on), body: { content: { raw }, ...(inline ? { inline } : {}) } };
}

export function commentUpdate(on: On, id: number | string, raw: string): Write {
  return { method: 'PUT', path: `${commentsPath(on)}/${id}`, body: { content: { raw } } };
}

export function commentsPath(on: On): string {
  return `${pullRequestPath(on)}/comments`;
}

export function commentUrl({ webUrl }: RepositoryClient, { pullRequestNumber }: On, id: number): string {
  return `${webUrl}/pull-requests/${pullRequestNumber}/_/diff#comment-${id}`;
}

/** A reply without an id was truncated or does not come from Bitbucket. */
export async function writeComment(repository: RepositoryClient, write: Write): Promise<Comment> {
  const comment = await repository.write<Comment>(write);
  if (typeof comment.id !== 'number') throw unreadable(`${write.method} ${write.path}`);
  return comment;
}

function commentsOf(repository: RepositoryClient, on: On): CommentBoard<Comment> {
  return {
    mark: markedBody,
    own: () => ownComments(repository, on),
    byId: (id) => commentById(repository, on, id),
    create: (body) => writeComment(repository, commentCreation(on, body)),
    update: ({ id }, body) => writeComment(repository, commentUpdate(on, id, body)),
    describe: ({ id, content }) => ({
      id: String(id),
      url: commentUrl(repository, on, id),
      text: content?.raw ?? '',
    }),
  };
}

async function* ownComments(repository: RepositoryClient, on: On): AsyncGenerator<Comment> {
  const isOwn = await ownAuthor(repository.client, repository.signal);
  for await (const comment of repository.list<Comment>(commentsPath(on))) {
    if (!comment.deleted && isOwn(comment.user)) yield comment;
  }
}

async function commentById(repository: RepositoryClient, on: On, id: string): Promise<Comment> {
  if (!/^\d{1,16}$/.test(id)) throw new ProviderError('invalid_request', 'commentId: must be a number');
  const comment = await repository.get<Comment>(`${commentsPath(on)}/${id}`);
  if (typeof comment.id !== 'number') throw unreadable('the request for a comment');
  const isOwn = await ownAuthor(repository.client, repository.signal);
  if (!comment.deleted && isOwn(comment.user)) return comment;
  throw new ProviderError('invalid_request', `commentId: comment ${id} is gone, or was not written by this account`);
}
