import { markerOf } from '@integrations/provider-kit';
import type { RepositoryClient } from './repository';

/** The fields we use of a review. */
export interface Review {
  readonly id: number;
  readonly state: string;
  readonly user: { readonly id: number } | null;
  readonly comments_count?: number;
}

/** The fields we use of a comment in a review: a remark on a line, or a reply to one. */
export interface ReviewComment {
  readonly id: number;
  readonly body: string;
  readonly user: { readonly id: number } | null;
  readonly path: string;
  /** Line number on the new side; 0 for none. */
  readonly position?: number;
  /** Line number on the old side; 0 for none. */
  readonly original_position?: number;
  readonly html_url: string;
  /** The user who resolved the conversation. */
  readonly resolver?: { readonly id: number } | null;
}

/** A review of ours with all its comments, oldest first. */
export interface OwnReview {
  readonly id: number;
  readonly comments: readonly ReviewComment[];
  /** Ids of the comments that this run has not settled. A review with none left may be deleted. */
  readonly open: Set<number>;
}

export interface OwnReviews {
  readonly submitted: readonly OwnReview[];
  /** The unsubmitted review, which only its author sees. Gitea submits it along with the next review. */
  readonly pending: OwnReview | null;
}

export async function readOwnReviews(repository: RepositoryClient, number: number): Promise<OwnReviews> {
  const self = await repository.client.ownUserId(repository.signal);
  const submitted: OwnReview[] = [];
  let pending: OwnReview | null = null;
  for await (const review of repository.list<Review>(`/pulls/${number}/reviews`)) {
    if (review.user?.id !== self) continue;
    const isPending = review.state === 'PENDING';
    if (review.comments_count === 0 && !isPending) continue;
    const comments = await readComments(repository, number, review.id);
    const own: OwnReview = { id: review.id, comments, open: new Set(comments.map(({ id }) => id)) };
    if (isPending) pending = own;
    else submitted.push(own);
  }
  return { submitted, pending };
}

export async function readComments(
  repository: RepositoryClient,
  number: number,
  review: number,
): Promise<readonly ReviewComment[]> {
  const comments = await repository.all<ReviewComment>(`${reviewPath(number, review)}/comments`);
  return [...comments].sort((a, b) => a.id - b.id);
}

export function reviewPath(number: number, review: number): string {
  return `/pulls/${number}/reviews/${review}`;
}

/** True if somebody else has commented on the same line of the same review: Gitea has no other kind of reply. */
export function isAnswered(comment: ReviewComment, { comments }: OwnReview): boolean {
  return comments.some((other) => other.user?.id !== comment.user?.id && standsWith(other, comment));
}

export function isOurs({ body }: ReviewComment): boolean {
  return markerOf(body) !== null;
}

/** The line number, on whichever side it is. */
export function lineOf({ position, original_position }: ReviewComment): number {
  return position || original_position || 0;
}

function standsWith(a: ReviewComment, b: ReviewComment): boolean {
  return a.path === b.path && a.position === b.position && a.original_position === b.original_position;
}
