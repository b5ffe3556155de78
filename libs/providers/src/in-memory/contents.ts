import type {
  CheckRunConclusion,
  CheckRunStatus,
  CommitState,
  ScmCheckRunRequest,
  ScmCommentRequest,
  ScmStatusRequest,
} from '@integrations/contracts';
import { type AnnotationContext, checkRunState, type ScmAnnotation } from '@integrations/provider-kit';
import type { Place } from './client';

/** The wanted content of a place. `marker` plays the role of a real vendor's hidden marker or external id. */
export interface Plan<C> {
  readonly place: Place;
  readonly marker: string;
  readonly content: C;
}

type Operation = Omit<AnnotationContext, 'signal'>;

export interface CommentContent {
  readonly body: string;
}

export interface StatusContent {
  readonly state: CommitState;
  readonly description: string | null;
  readonly targetUrl: string | null;
}

/** The whole request, so that a repeat can be distinguished from a change. */
export interface CheckRunContent {
  readonly name: string;
  readonly status: CheckRunStatus;
  readonly conclusion: CheckRunConclusion | null;
  readonly summary: string | null;
  readonly text: string | null;
  readonly detailsUrl: string | null;
  readonly startedAt: string | null;
  readonly annotations: readonly object[];
}

export function planComment(request: ScmCommentRequest, context: Operation): Plan<CommentContent> {
  const { owner, repository, pullRequestNumber, body } = request;
  // A comment that must be new is marked by its operation, so that a retry after a lost reply finds it.
  const marker = request.updateExisting ? `key:${context.upsertKey}` : `operation:${context.operationId}`;
  return { place: { owner, repository, kind: 'comment', pullRequestNumber }, marker, content: { body } };
}

export function planStatus(request: ScmStatusRequest): Plan<StatusContent> {
  const { owner, repository, commitSha, context, state, description = null, targetUrl = null } = request;
  const content = { state, description, targetUrl };
  return { place: { owner, repository, kind: 'status', commitSha }, marker: context, content };
}

/** Throws ProviderError `invalid_request` if status and conclusion contradict each other. */
export function planCheckRun(request: ScmCheckRunRequest, { upsertKey }: Operation): Plan<CheckRunContent> {
  const { owner, repository, headSha } = request;
  const content = {
    name: request.name,
    ...checkRunState(request),
    summary: request.summary ?? null,
    text: request.text ?? null,
    detailsUrl: request.detailsUrl ?? null,
    startedAt: request.startedAt ?? null,
    annotations: (request.annotations ?? []).map((annotation) => ({ ...annotation })),
  };
  const place: Place = { owner, repository, kind: 'check-run', commitSha: headSha };
  return { place, marker: `key:${upsertKey}`, content };
}

export function planOf(annotation: ScmAnnotation, context: Operation): Plan<object> {
  switch (annotation.operation) {
    case 'comment':
      return planComment(annotation.request, context);
    case 'status':
      return planStatus(annotation.request);
    case 'check_run':
      return planCheckRun(annotation.request, context);
  }
}
