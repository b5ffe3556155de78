import type {
  CheckRunConclusion,
  CheckRunStatus,
  CommitState,
  ScmCheckRunRequest,
  ScmCheckRunResponse,
  ScmCommentRequest,
  ScmCommentResponse,
  ScmStatusRequest,
  ScmStatusResponse,
  WriteOutcome,
} from '@integrations/contracts';
import { isDeepStrictEqual } from 'node:util';
import { type AnnotationContext, ProviderError, type ScmAnnotationClient } from '@integrations/provider-kit';
import { type InMemoryClient, type Place, urlOf } from './client';
import type { Entry } from './memory';

interface CommentContent {
  readonly body: string;
}

interface StatusContent {
  readonly state: CommitState;
  readonly description: string | null;
  readonly targetUrl: string | null;
}

/** What was asked for; kept whole, so that a repeat can be told from a change. */
interface CheckRunContent {
  readonly name: string;
  readonly status: CheckRunStatus;
  readonly conclusion: CheckRunConclusion | null;
  readonly summary: string | null;
  readonly text: string | null;
  readonly detailsUrl: string | null;
  readonly startedAt: string | null;
  readonly annotations: readonly object[];
}

interface Written {
  readonly outcome: WriteOutcome;
  readonly id: string;
  readonly url: string;
}

/** Posts into memory with the semantics of a real vendor: look first, write only what differs. */
export class InMemoryAnnotations implements ScmAnnotationClient {
  readonly #client: InMemoryClient;

  constructor(client: InMemoryClient) {
    this.#client = client;
  }

  async postComment(request: ScmCommentRequest, context: AnnotationContext): Promise<ScmCommentResponse> {
    const { owner, repository, pullRequestNumber, body } = request;
    const place: Place = { owner, repository, kind: 'comment', pullRequestNumber };
    const existing = request.commentId ? await this.#commentById(place, request.commentId, context.signal) : undefined;
    // A comment that must be new is marked by its operation, so that a rerun after a lost reply finds it.
    const marker = request.updateExisting ? `key:${context.upsertKey}` : `operation:${context.operationId}`;
    const { outcome, id, url } = await this.#write<CommentContent>(place, marker, { body }, context.signal, existing);
    return { outcome, commentId: id, url, truncated: [] };
  }

  async postStatus(request: ScmStatusRequest, context: AnnotationContext): Promise<ScmStatusResponse> {
    const { owner, repository, commitSha, state } = request;
    const place: Place = { owner, repository, kind: 'status', commitSha };
    const content = { state, description: request.description ?? null, targetUrl: request.targetUrl ?? null };
    const written = await this.#write<StatusContent>(place, request.context, content, context.signal);
    const { outcome, id, url } = written;
    return { outcome, statusId: id, url, state, context: request.context, truncated: [] };
  }

  async createCheckRun(request: ScmCheckRunRequest, context: AnnotationContext): Promise<ScmCheckRunResponse> {
    const { owner, repository, headSha } = request;
    const place: Place = { owner, repository, kind: 'check-run', commitSha: headSha };
    const content = checkRunContent(request);
    const { outcome, id, url } = await this.#write(place, `key:${context.upsertKey}`, content, context.signal);
    const { status, conclusion, annotations } = content;
    return { outcome, checkRunId: id, url, status, conclusion, annotationsPosted: annotations.length, truncated: [] };
  }

  async #write<C>(place: Place, marker: string, content: C, signal: AbortSignal, known?: Entry<C>): Promise<Written> {
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

function checkRunContent(request: ScmCheckRunRequest): CheckRunContent {
  const conclusion = request.conclusion ?? null;
  const status = request.status ?? (conclusion ? 'completed' : 'queued');
  if (status === 'completed' && !conclusion) {
    throw new ProviderError('invalid_request', 'in_memory: conclusion is required when status is completed');
  }
  return {
    name: request.name,
    status,
    conclusion,
    summary: request.summary ?? null,
    text: request.text ?? null,
    detailsUrl: request.detailsUrl ?? null,
    startedAt: request.startedAt ?? null,
    annotations: (request.annotations ?? []).map((annotation) => ({ ...annotation })),
  };
}
