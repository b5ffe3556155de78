import type { ScmCommentRequest, ScmCommentResponse } from '@integrations/contracts';
import { type AnnotationContext, type CommentBoard, keepComment, ProviderError } from '@integrations/provider-kit';
import type { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { unreadable } from '../vendors/azure-devops/errors';
import { markedBody } from './marked-body';
import { pullRequestPath } from './pull-requests';
import { RepositoryClient } from './repository';
import {
  type Comment,
  commentUpdate,
  isAuthoredBy,
  readOwnThreads,
  type Thread,
  threadCreation,
  threadUrl,
} from './threads';

/** A comment is identified by its thread and its number in the thread. */
interface PlacedComment {
  readonly thread: number;
  readonly comment: Comment;
}

export async function postComment(
  client: AzureDevOpsClient,
  request: ScmCommentRequest,
  context: AnnotationContext,
): Promise<ScmCommentResponse> {
  const repository = new RepositoryClient(client, request, context.signal);
  return keepComment(commentsOf(repository, request.pullRequestNumber), request, context);
}

/** Creates a closed thread, because a policy that requires all threads to be resolved must not wait for a note. */
export function noteCreation(pullRequestNumber: number | string, body: string) {
  return threadCreation(pullRequestNumber, body, 'closed');
}

/** Reads `42-1`, or `42` for the first comment of thread 42. */
export function readCommentId(id: string): { readonly thread: number; readonly comment: number } {
  const [, thread, comment = '1'] = /^(\d{1,10})(?:-(\d{1,5}))?$/.exec(id) ?? [];
  if (thread === undefined) {
    const message =
      'commentId: must be the number of a thread, optionally with the number of a comment in it, such as 42-1';
    throw new ProviderError('invalid_request', message);
  }
  return { thread: Number(thread), comment: Number(comment) };
}

export function commentsOf(repository: RepositoryClient, pullRequestNumber: number): CommentBoard<PlacedComment> {
  return {
    mark: markedBody,
    async *own() {
      for (const { id, first } of await readOwnThreads(repository, pullRequestNumber)) {
        yield { thread: id, comment: first };
      }
    },
    byId: (id) => commentById(repository, pullRequestNumber, id),
    async create(body) {
      const { id, comments } = await repository.write<Thread>(noteCreation(pullRequestNumber, body));
      const [comment] = comments ?? [];
      if (!comment) throw unreadable('POST of a thread');
      return { thread: id, comment };
    },
    async update({ thread, comment: { id } }, body) {
      const comment = await repository.write<Comment>(commentUpdate(pullRequestNumber, thread, id, body));
      return { thread, comment };
    },
    describe: ({ thread, comment: { id, content = '' } }) => ({
      id: `${thread}-${id}`,
      url: threadUrl(repository, pullRequestNumber, thread),
      text: content,
    }),
  };
}

/** Throws `invalid_request` for a comment of anyone else: Azure DevOps lets accounts edit only their own. */
async function commentById(
  repository: RepositoryClient,
  pullRequestNumber: number,
  id: string,
): Promise<PlacedComment> {
  const { thread, comment: number } = readCommentId(id);
  const path = `${pullRequestPath(pullRequestNumber)}/threads/${thread}`;
  const { comments } = await repository.get<{ readonly comments?: Comment[] }>(path);
  if (!Array.isArray(comments)) throw unreadable(`GET ${path}`);
  const comment = comments.find((one) => one.id === number);
  if (!comment || comment.isDeleted) {
    throw new ProviderError('not_found_or_no_access', `Azure DevOps: there is no comment ${id}`);
  }
  if (!isAuthoredBy(comment, await repository.client.ownId(repository.signal))) {
    throw new ProviderError('invalid_request', `commentId: comment ${id} was not written by this account`);
  }
  return { thread, comment };
}
