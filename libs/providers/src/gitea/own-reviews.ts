import { markerOf } from '@integrations/provider-kit';
import type { RepositoryClient } from './repository';

/** The fields we use of a review. */
export interface Review {
  readonly id: number;
  readonly state: string;
  readonly user: { readonly id: number } | null;
  readonly comments_count?: number;
}

/** The fields we use of a remark on a line, which is a comment of a review; so are its answers. */
export interface ReviewComment {
  readonly id: number;
  readonly body: string;
  readonly user: { readonly id: number } | null;
  readonly path: string;
  /** Of the new side; 0 for none. */
  readonly position?: number;
  /** Of the old side; 0 for none. */
  readonly original_position?: number;
  readonly html_url: string;
  /** Who closed the conversation. */
  readonly resolver?: { readonly id: number } | null;
}

/** A review of ours with all that is in it, oldest first. */
export interface OwnReview {
  readonly id: number;
  readonly comments: readonly ReviewComment[];
  /** Those that nobody has settled in this run: with the last one the review itself is settled. */
  readonly open: Set<number>;
}

export interface OwnReviews {
  readonly submitted: readonly OwnReview[];
  /** The one that is under way, seen by nobody else: Gitea submits it along with the next. */
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

/** Somebody else has said something at the same line of the same review: Gitea knows no answers but these. */
export function isAnswered(comment: ReviewComment, { comments }: OwnReview): boolean {
  return comments.some((other) => other.user?.id !== comment.user?.id && standsWith(other, comment));
}

export function isOurs({ body }: ReviewComment): boolean {
  return markerOf(body) !== null;
}

/** The line, whichever side it is counted on. */
export function lineOf({ position, original_position }: ReviewComment): number {
  return position || original_position || 0;
}

function standsWith(a: ReviewComment, b: ReviewComment): boolean {
  return a.path === b.path && a.position === b.position && a.original_position === b.original_position;
}
