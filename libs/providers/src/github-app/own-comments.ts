import { markerOf, type OwnRemark } from '@integrations/provider-kit';
import type { RepositoryClient, Stored } from '../vendors/github/repository';

/** The fields we use of a review comment. */
export interface ReviewComment extends Stored {
  readonly body: string;
  readonly html_url: string;
  readonly user: { readonly login: string } | null;
  readonly in_reply_to_id?: number;
  /** Older versions of GitHub Enterprise Server do not send it. */
  readonly subject_type?: string;
}

/**
 * Our earlier remarks on the lines of a pull request. `group`: the prefix of their markers. `login`: our own login,
 * because GitHub does not report the app of a review comment as it does for other comments.
 */
export async function readOwnComments(
  github: RepositoryClient,
  pullRequestNumber: number,
  group: string,
  login: string,
): Promise<OwnRemark<ReviewComment>[]> {
  const own: { marker: string; thread: ReviewComment }[] = [];
  const answered = new Set<number>();
  for await (const comment of github.list<ReviewComment>(`/pulls/${pullRequestNumber}/comments`)) {
    if (comment.in_reply_to_id !== undefined) answered.add(comment.in_reply_to_id);
    const marker = markerOf(comment.body);
    if (marker?.startsWith(group) && comment.user?.login === login) own.push({ marker, thread: comment });
  }
  return own.map((remark) => ({ ...remark, isAnswered: answered.has(remark.thread.id) }));
}
