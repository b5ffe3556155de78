import { ProviderError, sameText } from '@integrations/provider-kit';
import { webUrlOf } from './addresses';
import type { Anchor } from './anchors';
import type { Account } from './client';
import { isStaleVersion, unreadable } from './errors';
import { pullRequestPath } from './pull-requests';
import { apiPath, type RepositoryClient, type Write } from './repository';

/** The fields we use of a comment. It starts a thread unless it is a reply. */
export interface Comment {
  readonly id: number;
  /** Increases with each change. A change must name the current version. */
  readonly version: number;
  readonly text: string;
  readonly author?: Partial<Account>;
  /** The replies, each with replies of its own. */
  readonly comments?: readonly Comment[];
  readonly threadResolved?: boolean;
  readonly threadResolver?: Partial<Account>;
}

/** A comment from the list of activities. */
export interface ListedComment extends Comment {
  /** Null for a comment on the pull request as a whole, and for one whose lines are gone. */
  readonly anchor: Anchor | null;
}

/** The changes to make to a comment. */
export type CommentChanges = Partial<Pick<Comment, 'text' | 'threadResolved'>>;

interface Activity {
  readonly action?: string;
  readonly comment?: Comment & { readonly parent?: unknown };
  readonly commentAnchor?: Anchor;
}

/** The comments of one pull request, for the duration of one operation. */
export class Conversation {
  readonly repository: RepositoryClient;
  readonly number: number;

  constructor(repository: RepositoryClient, { pullRequestNumber }: { readonly pullRequestNumber: number }) {
    this.repository = repository;
    this.number = pullRequestNumber;
  }

  /** Our account's threads, newest first, found among all activities, where a thread may be listed repeatedly. */
  async *own(): AsyncGenerator<ListedComment> {
    const { repository } = this;
    const seen = new Set<number>();
    const activities = repository.list<Activity>('activities', `${pullRequestPath(this.number)}/activities`);
    for await (const { action, comment, commentAnchor } of activities) {
      if (action !== 'COMMENTED' || !comment || comment.parent || seen.has(comment.id)) continue;
      seen.add(comment.id);
      if (await this.isOwn(comment)) yield { ...comment, anchor: commentAnchor ?? null };
    }
  }

  isOwn({ author }: Comment): Promise<boolean> {
    return this.repository.client.isSelf(author, this.repository.signal);
  }

  async create(body: object): Promise<Comment> {
    return commentIn(await this.repository.write(commentCreation(this.repository.name, this.number, body)));
  }

  async read(id: number | string): Promise<Comment> {
    return commentIn(await this.repository.get(`${pullRequestPath(this.number)}/comments/${id}`));
  }

  /** If somebody else changed the comment in the meantime, reads it again and retries once. */
  async change(comment: Comment, changes: CommentChanges): Promise<Comment> {
    const put = async ({ id, version }: Comment) =>
      commentIn(await this.repository.write(commentUpdate(this.repository.name, this.number, id, version, changes)));
    try {
      return await put(comment);
    } catch (error) {
      if (!isStaleVersion(error)) throw error;
      const present = await this.read(comment.id);
      return has(present, changes) ? present : put(present);
    }
  }

  /** Returns true if the comment is deleted or was already gone, false if it has replies by now. */
  async delete(comment: Comment): Promise<boolean> {
    const remove = ({ id, version }: Comment) =>
      this.repository.write({
        method: 'DELETE',
        path: apiPath(this.repository.name, `${pullRequestPath(this.number)}/comments/${id}`),
        query: { version: String(version) },
      });
    try {
      await remove(comment).catch(async (error: unknown) => {
        if (!isStaleVersion(error)) throw error;
        await remove(await this.read(comment.id));
      });
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      if (error.httpStatus === 409 && error.code === 'conflict') return false;
      if (error.httpStatus !== 404) throw error;
    }
    return true;
  }

  urlOf({ id }: Pick<Comment, 'id'>): string {
    const { client, name } = this.repository;
    return `${webUrlOf(client.base, name)}${pullRequestPath(this.number)}/overview?commentId=${id}`;
  }
}

export function commentCreation(name: RepositoryClient['name'], number: number, body: object): Write {
  return { method: 'POST', path: apiPath(name, `${pullRequestPath(number)}/comments`), body };
}

export function commentUpdate(
  name: RepositoryClient['name'],
  number: number,
  id: number | string,
  version: number | string,
  changes: CommentChanges,
): Write {
  const path = apiPath(name, `${pullRequestPath(number)}/comments/${id}`);
  return { method: 'PUT', path, body: { version, ...changes } };
}

function commentIn(data: object): Comment {
  const { id, version, text } = data as Partial<Comment>;
  if (typeof id === 'number' && typeof version === 'number' && typeof text === 'string') return data as Comment;
  throw unreadable('the request for a comment');
}

function has(comment: Comment, { text, threadResolved }: CommentChanges): boolean {
  const isText = text === undefined || sameText(comment.text, text);
  return isText && (threadResolved === undefined || comment.threadResolved === threadResolved);
}
