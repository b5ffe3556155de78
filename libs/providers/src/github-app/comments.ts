import type { ScmCommentRequest, ScmCommentResponse, Truncation, WriteOutcome } from '@integrations/contracts';
import { type AnnotationContext, markerOf, ProviderError, sameText, shortHash } from '@integrations/provider-kit';
import type { GitHubClient } from './client';
import { isOwnApp, type WrittenBy } from './identity';
import { markedBody } from './marked-body';
import { RepositoryClient, type Stored } from './repository';

/** The fields we use of an issue comment. */
interface Comment extends Stored {
  readonly body?: string;
  readonly html_url: string;
  readonly issue_url: string;
  readonly performed_via_github_app?: WrittenBy | null;
}

/**
 * Keeps one comment up to date per upsert key: found by its marker and by its author, so that a marker which someone
 * else copied moves nothing. With `updateExisting: false` the marker names the operation instead: each operation adds
 * its own comment, once.
 */
export async function postComment(
  client: GitHubClient,
  request: ScmCommentRequest,
  context: AnnotationContext,
): Promise<ScmCommentResponse> {
  const { owner, repository, pullRequestNumber, commentId } = request;
  const github = new RepositoryClient(client, { owner, repository, permission: 'pull_requests' }, context.signal);
  const onPull = commentsPath(request);
  const wanted = commentMarker(request, context);

  const existing = commentId
    ? await byId(github, commentId, pullRequestNumber, client.config.appId)
    : await byMarker(github, onPull, wanted, client.config.appId);
  const { body, truncated } = markedBody(request.body, markerOf(existing?.body ?? '') ?? wanted);
  if (!existing) return responseOf('created', await github.post<Comment>(onPull, { body }), truncated);
  if (sameText(existing.body ?? '', body)) return responseOf('unchanged', existing, truncated);
  const updated = await github.patch<Comment>(`/issues/comments/${existing.id}`, { body });
  return responseOf('updated', updated, truncated);
}

export function commentsPath({ pullRequestNumber }: ScmCommentRequest): string {
  return `/issues/${pullRequestNumber}/comments`;
}

export function commentMarker(
  { updateExisting }: ScmCommentRequest,
  { upsertKey, operationId }: Omit<AnnotationContext, 'signal'>,
): string {
  return shortHash(upsertKey, ...(updateExisting ? [] : [operationId]));
}

async function byMarker(
  github: RepositoryClient,
  path: string,
  marker: string,
  appId: string,
): Promise<Comment | undefined> {
  for await (const comment of github.list<Comment>(path)) {
    if (markerOf(comment.body ?? '') === marker && isOwnApp(comment.performed_via_github_app, appId)) return comment;
  }
  return undefined;
}

/** The app may edit anyone's comment; we do not. */
async function byId(github: RepositoryClient, id: string, pullRequest: number, appId: string): Promise<Comment> {
  if (!/^\d{1,16}$/.test(id)) throw new ProviderError('invalid_request', 'commentId: GitHub numbers its comments');
  const comment = await github.get<Comment>(`/issues/comments/${id}`);
  if (!comment.issue_url.endsWith(`/issues/${pullRequest}`)) {
    throw new ProviderError('invalid_request', `commentId: comment ${id} is not on pull request ${pullRequest}`);
  }
  if (!isOwnApp(comment.performed_via_github_app, appId)) {
    throw new ProviderError('invalid_request', `commentId: comment ${id} was not written by this app`);
  }
  return comment;
}

function responseOf(outcome: WriteOutcome, comment: Comment, truncated: readonly Truncation[]): ScmCommentResponse {
  return { outcome, commentId: String(comment.id), url: comment.html_url, truncated };
}
