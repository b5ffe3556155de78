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

/** A remark at Gitea, and the review that it came in. */
export interface PostedRemark {
  readonly comment: ReviewComment;
  readonly review: OwnReview;
}

/** A pull request as a place for remarks, each a comment of a review. */
export class ReviewBoard implements RemarkBoard<PostedRemark> {
  /** Gitea has none. */
  readonly maxAtFiles = 0;
  readonly #repository: RepositoryClient;
  readonly #target: Target;
  readonly #wanted: ReadonlyMap<string, Remark>;
  #pending: OwnReview | null = null;
  /** From Gitea 1.26 on; not in Forgejo, nor for everyone. */
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
    if (!isSame) await this.#say(comment, body);
    return placedRemark(remark, isSame && !reopens ? 'unchanged' : 'updated', 'inline', comment.html_url, null);
  }

  async place(remarks: readonly Remark[]): Promise<ReadonlyMap<Remark, InlineOutcome>> {
    await this.#dropPending();
    return placeRemarks(this.#repository, this.#target, remarks);
  }

  /** Gitea deletes reviews, not their comments: one goes when nothing in it is wanted any more, and until then says so. */
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
    // Last: it says that the rest is done.
    await this.#say(comment, markedBody(settledText(comment.body), markerOf(comment.body)!).body);
    return 'settled';
  }

  /** Gitea does not move a remark along with its lines: where those are others now, it would stand at the wrong ones. */
  #isElsewhere(marker: string, comment: ReviewComment): boolean {
    const wanted = this.#wanted.get(marker)?.comment;
    if (!wanted) return false;
    const line = lineOf(comment);
    return comment.path !== wanted.path || line < wanted.startLine || line > wanted.endLine;
  }

  /** What a call that broke off has left; what a person is about to say is not ours to submit. */
  async #dropPending(): Promise<void> {
    if (!this.#pending) return;
    const { id, comments } = this.#pending;
    if (!comments.every(isOurs)) {
      const why = 'Gitea: a review of the same account is under way, and would be submitted along';
      throw new ProviderError('conflict', `${why}: submit or cancel it, or give the integration an account of its own`);
    }
    await this.#repository.delete(reviewPath(this.#target.pullRequestNumber, id));
    this.#pending = null;
  }

  async #mark({ id }: ReviewComment, how: 'resolve' | 'unresolve'): Promise<void> {
    if (!this.#mayResolve) return;
    try {
      await this.#repository.tell(`/pulls/comments/${id}/${how}`);
    } catch (error) {
      if (!hasStatus(error, 403, 404, 405)) throw error;
      this.#mayResolve = false;
    }
  }

  async #say({ id }: ReviewComment, body: string): Promise<void> {
    await this.#repository.write(commentUpdate(String(id), body));
  }

  #self(): Promise<number> {
    return this.#repository.client.ownUserId(this.#repository.signal);
  }
}
