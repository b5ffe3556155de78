import {
  hasStatus,
  type InlineOutcome,
  isSettledText,
  markerOf,
  type OwnRemark,
  placedRemark,
  ProviderError,
  type Remark,
  type RemarkBoard,
  type RemarkSet,
  sameText,
  settledText,
} from '@integrations/provider-kit';
import { commentUpdate } from './comments';
import { markedBody, remarkBody } from './marked-body';
import {
  isAnswered,
  isOurs,
  lineOf,
  type OwnReview,
  readOwnReviews,
  type ReviewComment,
  reviewPath,
} from './own-reviews';
import { placeRemarks, type Target } from './place-remarks';
import type { RepositoryClient } from './repository';

/** A remark posted to Gitea, and its review. */
export interface PostedRemark {
  readonly comment: ReviewComment;
  readonly review: OwnReview;
}

/** The remarks of a pull request, each of which is a comment in a review. */
export class ReviewBoard implements RemarkBoard<PostedRemark> {
  /** Gitea has no remarks on files. */
  readonly maxAtFiles = 0;
  readonly #repository: RepositoryClient;
  readonly #target: Target;
  readonly #wanted: ReadonlyMap<string, Remark>;
  #pending: OwnReview | null = null;
  /** False after a refusal: Gitea can resolve since 1.26, Forgejo cannot, and not every user may. */
  #mayResolve = true;

  constructor(repository: RepositoryClient, target: Target, { remarks }: RemarkSet) {
    this.#repository = repository;
    this.#target = target;
    this.#wanted = new Map(remarks.map((remark) => [remark.marker, remark]));
  }

  async own(group: string): Promise<OwnRemark<PostedRemark>[]> {
    const { submitted, pending } = await readOwnReviews(this.#repository, this.#target.pullRequestNumber);
    this.#pending = pending;
    const self = await this.#self();
    return submitted.flatMap((review) =>
      review.comments.flatMap((comment) => {
        const marker = markerOf(comment.body);
        if (comment.user?.id !== self || !marker?.startsWith(group)) return [];
        const answered = isAnswered(comment, review);
        const isElsewhere = !answered && this.#isElsewhere(marker, comment);
        return [
          { marker: isElsewhere ? `${marker} elsewhere` : marker, thread: { comment, review }, isAnswered: answered },
        ];
      }),
    );
  }

  async bringUpToDate(remark: Remark, { comment }: PostedRemark): Promise<InlineOutcome> {
    const reopens = isSettledText(comment.body) || comment.resolver?.id === (await this.#self());
    if (comment.resolver && reopens) await this.#mark(comment, 'unresolve');
    const body = remarkBody(remark);
    const isSame = sameText(comment.body, body);
    if (!isSame) await this.#updateBody(comment, body);
    return placedRemark(remark, isSame && !reopens ? 'unchanged' : 'updated', 'inline', comment.html_url, null);
  }

  async place(remarks: readonly Remark[]): Promise<ReadonlyMap<Remark, InlineOutcome>> {
    await this.#dropPending();
    return placeRemarks(this.#repository, this.#target, remarks);
  }

  /**
   * Gitea can delete reviews, but no single comments of them. A review is deleted once none of its remarks is wanted;
   * until then an outdated remark is marked as settled.
   */
  async settle(
    { comment, review }: PostedRemark,
    policy: 'resolve' | 'delete',
  ): Promise<'settled' | 'was_settled' | 'refused'> {
    review.open.delete(comment.id);
    if (policy === 'delete' && review.open.size === 0) {
      await this.#repository.delete(reviewPath(this.#target.pullRequestNumber, review.id));
      return 'settled';
    }
    if (isSettledText(comment.body)) return 'was_settled';
    if (comment.resolver && comment.resolver.id !== (await this.#self())) return 'was_settled';
    await this.#mark(comment, 'resolve');
    // Last, because the settled text marks the whole step as done.
    await this.#updateBody(comment, markedBody(settledText(comment.body), markerOf(comment.body)!).body);
    return 'settled';
  }

  /** True if the lines have moved: Gitea does not move the remark with them, so it must be replaced. */
  #isElsewhere(marker: string, comment: ReviewComment): boolean {
    const wanted = this.#wanted.get(marker)?.comment;
    if (!wanted) return false;
    const line = lineOf(comment);
    return comment.path !== wanted.path || line < wanted.startLine || line > wanted.endLine;
  }

  /** Deletes the pending review that an interrupted call left behind. Throws if a person's own remarks are in it. */
  async #dropPending(): Promise<void> {
    if (!this.#pending) return;
    const { id, comments } = this.#pending;
    if (!comments.every(isOurs)) {
      const why = 'Gitea: the same account has a pending review, which would be submitted as well';
      throw new ProviderError('conflict', `${why}: submit or cancel it, or give the integration an account of its own`);
    }
    await this.#repository.delete(reviewPath(this.#target.pullRequestNumber, id));
    this.#pending = null;
  }

  async #mark({ id }: ReviewComment, how: 'resolve' | 'unresolve'): Promise<void> {
    if (!this.#mayResolve) return;
    try {
      await this.#repository.post(`/pulls/comments/${id}/${how}`);
    } catch (error) {
      if (!hasStatus(error, 403, 404, 405)) throw error;
      this.#mayResolve = false;
    }
  }

  async #updateBody({ id }: ReviewComment, body: string): Promise<void> {
    await this.#repository.write(commentUpdate(String(id), body));
  }

  #self(): Promise<number> {
    return this.#repository.client.ownUserId(this.#repository.signal);
  }
}
