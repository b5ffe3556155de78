import { webUrlOf } from '../vendors/azure-devops/addresses';
import { unreadable } from '../vendors/azure-devops/errors';
import { pullRequestPath } from './pull-requests';
import type { RepositoryClient, Write } from './repository';

/** The fields we use of a comment. A deleted comment has no content. */
export interface Comment {
  readonly id: number;
  readonly content?: string;
  readonly author?: { readonly id?: string };
  /** `system` for a comment that Azure DevOps wrote about somebody's action. */
  readonly commentType?: string;
  readonly isDeleted?: boolean;
}

/** The fields we use of a thread. Every comment belongs to one. */
export interface Thread {
  readonly id: number;
  readonly comments: readonly Comment[];
  readonly status?: string;
  readonly threadContext?: ThreadContext | null;
}

/** A thread that we started, and whose first comment is not deleted. */
export interface OwnThread extends Thread {
  readonly first: Comment & { readonly content: string };
}

/** A range of lines in a file. Offsets start at 1; the end offset is exclusive. */
export interface ThreadContext {
  readonly filePath: string;
  readonly leftFileStart?: Position;
  readonly leftFileEnd?: Position;
  readonly rightFileStart?: Position;
  readonly rightFileEnd?: Position;
}

interface Position {
  readonly line: number;
  readonly offset: number;
}

/** A position in the diff of an iteration. */
export interface ThreadPlace {
  readonly threadContext: ThreadContext;
  readonly pullRequestThreadContext: {
    readonly changeTrackingId: number;
    readonly iterationContext: { readonly firstComparingIteration: number; readonly secondComparingIteration: number };
  };
}

/** The threads that we started and whose first comment still exists, oldest first. */
export async function readOwnThreads(repository: RepositoryClient, pullRequestNumber: number): Promise<OwnThread[]> {
  const self = await repository.client.ownId(repository.signal);
  const path = `${pullRequestPath(pullRequestNumber)}/threads`;
  const threads = await repository.all<Thread>(path);
  if (!threads.every(({ comments }) => Array.isArray(comments))) throw unreadable(`GET ${path}`);
  const own = threads.flatMap((thread) => {
    const [first] = thread.comments;
    return first && isAuthoredBy(first, self) && first.content !== undefined
      ? [{ ...thread, first: { ...first, content: first.content } }]
      : [];
  });
  return own.sort((a, b) => a.id - b.id);
}

/** True for a comment of a person or of ours that is neither deleted nor written by Azure DevOps itself. */
export function isUserComment({ commentType, isDeleted }: Comment): boolean {
  return !isDeleted && commentType !== 'system';
}

export function isAuthoredBy(comment: Comment, account: string): boolean {
  return isUserComment(comment) && comment.author?.id === account;
}

/** `status`: `active` if somebody must act on the thread, `closed` if it only informs. */
export function threadCreation(
  pullRequestNumber: number | string,
  content: string,
  status: 'active' | 'closed',
  place?: Partial<Record<keyof ThreadPlace, unknown>>,
): Write {
  const comments = [{ parentCommentId: 0, content, commentType: 'text' }];
  const path = `${pullRequestPath(pullRequestNumber)}/threads`;
  return { method: 'POST', path, body: { comments, status, ...place } };
}

export function commentUpdate(
  pullRequestNumber: number,
  thread: number | string,
  comment: number,
  content: string,
): Write {
  return { method: 'PATCH', path: commentPath(pullRequestNumber, thread, comment), body: { content } };
}

export function statusUpdate(pullRequestNumber: number, thread: number, status: 'active' | 'closed'): Write {
  return { method: 'PATCH', path: `${pullRequestPath(pullRequestNumber)}/threads/${thread}`, body: { status } };
}

export function commentPath(pullRequestNumber: number, thread: number | string, comment: number): string {
  return `${pullRequestPath(pullRequestNumber)}/threads/${thread}/comments/${comment}`;
}

/** A thread has no URL of its own, only one below its pull request. */
export function threadUrl({ client, name }: RepositoryClient, pullRequestNumber: number, thread: number): string {
  return `${webUrlOf(client.organization, name)}/pullrequest/${pullRequestNumber}?discussionId=${thread}`;
}
