import type { ScmCommentRequest, ScmCommentResponse } from '@integrations/contracts';
import { type AnnotationContext, type CommentBoard, keepComment, ProviderError } from '@integrations/provider-kit';
import type { GitHubClient } from '../vendors/github/client';
import { isOwnApp, type WrittenBy } from './identity';
import { markedBody } from './marked-body';
import { RepositoryClient, type Stored } from '../vendors/github/repository';

/** The fields we use of an issue comment. */
interface Comment extends Stored {
  readonly body?: string;
  readonly html_url: string;
  readonly issue_url: string;
  readonly performed_via_github_app?: WrittenBy | null;
}

export async function postComment(
  client: GitHubClient,
  request: ScmCommentRequest,
  context: AnnotationContext,
): Promise<ScmCommentResponse> {
  const { owner, repository, pullRequestNumber } = request;
  const { appId } = client.config;
  const github = new RepositoryClient(client, { owner, repository, permission: 'pull_requests' }, context.signal);
  const board: CommentBoard<Comment> = {
    mark: markedBody,
    own: () => ownComments(github, commentsPath(request), appId),
    byId: (id) => byId(github, id, pullRequestNumber, appId),
    create: (body) => github.post<Comment>(commentsPath(request), { body }),
    update: ({ id }, body) => github.patch<Comment>(`/issues/comments/${id}`, { body }),
    describe: ({ id, html_url, body = '' }) => ({ id: String(id), url: html_url, text: body }),
  };
  return keepComment(board, request, context);
}

export function commentsPath({ pullRequestNumber }: ScmCommentRequest): string {
  return `/issues/${pullRequestNumber}/comments`;
}

async function* ownComments(github: RepositoryClient, path: string, appId: string): AsyncGenerator<Comment> {
  for await (const comment of github.list<Comment>(path)) {
    if (isOwnApp(comment.performed_via_github_app, appId)) yield comment;
  }
}

/** Throws `invalid_request` for a comment of anyone else: the app could edit it, but must not. */
async function byId(github: RepositoryClient, id: string, pullRequest: number, appId: string): Promise<Comment> {
  if (!/^\d{1,16}$/.test(id)) throw new ProviderError('invalid_request', 'commentId: must be a number');
  const comment = await github.get<Comment>(`/issues/comments/${id}`);
  if (!comment.issue_url.endsWith(`/issues/${pullRequest}`)) {
    throw new ProviderError('invalid_request', `commentId: comment ${id} is not on pull request ${pullRequest}`);
  }
  if (!isOwnApp(comment.performed_via_github_app, appId)) {
    throw new ProviderError('invalid_request', `commentId: comment ${id} was not written by this app`);
  }
  return comment;
}
