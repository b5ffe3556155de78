import { isDeepStrictEqual } from 'node:util';
import type {
  ScmCheckRunRequest,
  ScmCheckRunResponse,
  ScmCommentRequest,
  ScmCommentResponse,
  ScmStatusRequest,
  ScmStatusResponse,
  WriteOutcome,
} from '@integrations/contracts';
import {
  type AnnotationContext,
  type InlineCommentsRequest,
  type InlineCommentsResponse,
  ProviderError,
  type PullRequestFacts,
  type PullRequestRef,
  type ScmAnnotation,
  type ScmAnnotationClient,
  type VendorRequest,
} from '@integrations/provider-kit';
import { type InMemoryClient, type Place, threadUrl, urlOf } from './client';
import { type CommentContent, type Plan, planCheckRun, planComment, planOf, planStatus } from './contents';
import { postInlineComments } from './inline-comments';
import type { Entry } from './memory';

interface Written {
  readonly outcome: WriteOutcome;
  readonly id: string;
  readonly url: string;
}

/** Posts into memory with the semantics of a real vendor: looks first, and writes only what differs. */
export class InMemoryAnnotations implements ScmAnnotationClient {
  readonly #client: InMemoryClient;

  /** Absent if the config does not describe pull requests: then no request can have a stale head. */
  readonly readPullRequest?: (pullRequest: PullRequestRef, signal: AbortSignal) => Promise<PullRequestFacts>;

  constructor(client: InMemoryClient) {
    this.#client = client;
    const { pullRequest } = client;
    if (pullRequest) this.readPullRequest = (_, signal) => client.readPullRequest(pullRequest, signal);
  }

  async postComment(request: ScmCommentRequest, context: AnnotationContext): Promise<ScmCommentResponse> {
    const plan = planComment(request, context);
    const { commentId } = request;
    const existing = commentId ? await this.#commentById(plan.place, commentId, context.signal) : undefined;
    const { outcome, id, url } = await this.#write(plan, context.signal, existing);
    return { outcome, commentId: id, url, truncated: [] };
  }

  async postStatus(request: ScmStatusRequest, { signal }: AnnotationContext): Promise<ScmStatusResponse> {
    const { outcome, id, url } = await this.#write(planStatus(request), signal);
    const { state, context } = request;
    return { outcome, statusId: id, url, state, context, truncated: [] };
  }

  async createCheckRun(request: ScmCheckRunRequest, context: AnnotationContext): Promise<ScmCheckRunResponse> {
    const plan = planCheckRun(request, context);
    const { outcome, id, url } = await this.#write(plan, context.signal);
    const { status, conclusion, annotations } = plan.content;
    return { outcome, checkRunId: id, url, status, conclusion, annotationsPosted: annotations.length, truncated: [] };
  }

  postInlineComments(request: InlineCommentsRequest, context: AnnotationContext): Promise<InlineCommentsResponse> {
    return postInlineComments(this.#client, request, context);
  }

  preview(annotation: ScmAnnotation, context: Omit<AnnotationContext, 'signal'>): readonly VendorRequest[] {
    const { place, marker, content } = planOf(annotation, context);
    return [{ method: 'POST', url: `${threadUrl(place)}#${place.kind}`, body: { marker, ...content } }];
  }

  async #write<C>({ place, marker, content }: Plan<C>, signal: AbortSignal, known?: Entry<C>): Promise<Written> {
    const existing = known ?? (await this.#client.findByMarker<C>(place, marker, signal));
    if (!existing) return written('created', place, await this.#client.create(place, marker, content, signal));
    if (isDeepStrictEqual(existing.content, content)) return written('unchanged', place, existing);
    return written('updated', place, await this.#client.update(existing, content, signal));
  }

  async #commentById(place: Place, id: string, signal: AbortSignal): Promise<Entry<CommentContent>> {
    const comment = await this.#client.findById<CommentContent>(place, id, signal);
    if (comment) return comment;
    throw new ProviderError('not_found_or_no_access', `in_memory: no comment ${id} on that pull request`);
  }
}

function written(outcome: WriteOutcome, place: Place, entry: Entry<unknown>): Written {
  return { outcome, id: entry.id, url: urlOf(place, entry) };
}
