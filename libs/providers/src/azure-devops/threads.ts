import { webUrlOf } from '../vendors/azure-devops/addresses';
import { unreadable } from '../vendors/azure-devops/errors';
import { pullRequestPath } from './pull-requests';
import type { RepositoryClient, Write } from './repository';

/** The fields we use of a comment. Its text is gone once it is deleted. */
export interface Comment {
  readonly id: number;
  readonly content?: string;
  readonly author?: { readonly id?: string };
  /** `system`: Azure DevOps tells what somebody did. */
  readonly commentType?: string;
  readonly isDeleted?: boolean;
}

/** The fields we use of a thread: every comment is in one. */
export interface Thread {
  readonly id: number;
  readonly comments: readonly Comment[];
  readonly status?: string;
  readonly threadContext?: ThreadContext | null;
}

/** A thread that we began, its first comment not deleted. */
export interface OwnThread extends Thread {
  readonly first: Comment & { readonly content: string };
}

/** Where lines of a file are. A line begins at offset 1; what ends at an offset ends before it. */
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

/** A place in the diff of an iteration. */
export interface ThreadPlace {
  readonly threadContext: ThreadContext;
  readonly pullRequestThreadContext: {
    readonly changeTrackingId: number;
    readonly iterationContext: { readonly firstComparingIteration: number; readonly secondComparingIteration: number };
  };
}

/** Those that we began, whose first comment is still there, oldest first. */
export async function readOwnThreads(repository: RepositoryClient, pullRequestNumber: number): Promise<OwnThread[]> {
  const self = await repository.client.ownId(repository.signal);
  const path = `${pullRequestPath(pullRequestNumber)}/threads`;
  const threads = await repository.all<Thread>(path);
  if (!threads.every(({ comments }) => Array.isArray(comments))) throw unreadable(`GET ${path}`);
  const own = threads.flatMap((thread) => {
    const [first] = thread.comments;
    return first && isBy(first, self) && first.content !== undefined
      ? [{ ...thread, first: { ...first, content: first.content } }]
      : [];
  });
  return own.sort((a, b) => a.id - b.id);
}

/** A person's word, or ours: neither deleted nor that of Azure DevOps itself. */
export function isSaid({ commentType, isDeleted }: Comment): boolean {
  return !isDeleted && commentType !== 'system';
}

export function isBy(comment: Comment, account: string): boolean {
  return isSaid(comment) && comment.author?.id === account;
}

/** `status`: `active` where somebody has to see to it, `closed` where it only tells. */
export function threadCreation(
  pullRequestNumber: number | string,
  content: string,
  status: 'active' | 'closed',
  place?: Partial<Record<keyof ThreadPlace, unknown>>,
): Write {
  const comments = [{ parentCommentId: 0, content, commentType: 'text' }];
  const path = `/pullRequests/${pullRequestNumber}/threads`;
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

/** Threads have no address of their own but in that of their pull request. */
export function threadUrl({ client, name }: RepositoryClient, pullRequestNumber: number, thread: number): string {
  return `${webUrlOf(client.organization, name)}/pullrequest/${pullRequestNumber}?discussionId=${thread}`;
}
