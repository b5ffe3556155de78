import type {
  OutdatedPolicy,
  ScmCheckRunRequest,
  ScmCommentRequest,
  ScmPublishRequest,
  ScmRequest,
  ScmStatusRequest,
  Truncation,
} from '@integrations/contracts';
import type { AnnotationLimits, InlineCommentsRequest } from '@integrations/provider-kit';
import type { Finding, ScanReport } from './finding';
import { type CheckRunPayload, PayloadBuilder } from './payload-builder';
import type { Summary, Unplaced } from './render/summary';

export interface ComposeOptions {
  readonly limits?: AnnotationLimits | undefined;
  /** The fingerprints of the previous run; null if there was none. */
  readonly previous?: ReadonlySet<string> | null;
  /** Removes known secrets from texts. */
  readonly scrub?: (text: string) => string;
}

/** The requests that a publish request consists of; null for a part that was not asked for. */
export interface Composition {
  readonly builder: PayloadBuilder;
  /** What to do with remarks of an earlier run that this run does not repeat, including those of a check run. */
  readonly outdated: OutdatedPolicy;
  readonly checkRun: { readonly request: ScmCheckRunRequest; readonly payload: CheckRunPayload } | null;
  readonly status: { readonly request: ScmStatusRequest; readonly truncation: Truncation | null } | null;
  /** `findings` belong to the request's comments, in the same order. */
  readonly inline: { readonly request: InlineCommentsRequest; readonly findings: readonly Finding[] } | null;
  /** The summary comment. Made last, when it is known which findings could not be shown inline. */
  comment(unplaced: readonly Unplaced[]): { readonly request: ScmCommentRequest; readonly summary: Summary } | null;
}

/** The key under which later runs update everything that a publish request posts. */
export function publishedUnder({ upsertKey, title }: Pick<ScmPublishRequest, 'upsertKey' | 'title'>): string {
  return upsertKey ?? title;
}

export function compose(request: ScmPublishRequest, report: ScanReport, options: ComposeOptions = {}): Composition {
  const { title, failOn, severityLevels, ascii, sourceUrl } = request;
  const builder = new PayloadBuilder(report, { title, failOn, severityLevels, ascii, sourceUrl, ...options });
  const outdated = builder.incomplete ? 'keep' : request.policies.outdated;
  return {
    builder,
    outdated,
    checkRun: composeCheckRun(request, builder, options.limits),
    status: composeStatus(request, builder),
    inline: composeInline(request, builder, outdated),
    comment: (unplaced) => composeComment(request, builder, unplaced),
  };
}

function composeCheckRun(
  request: ScmPublishRequest,
  builder: PayloadBuilder,
  limits: AnnotationLimits | undefined,
): Composition['checkRun'] {
  const { show, headSha, pullRequestNumber } = request;
  if (!show.checkRun) return null;
  const saysInline = show.inline && pullRequestNumber !== undefined && limits?.annotationsAreRemarks;
  const payload = saysInline ? withoutAnnotations(builder.checkRun()) : builder.checkRun();
  const { summary, text, annotations } = payload;
  const { name } = show.checkRun;
  const detailsUrl = builder.reportUrl;
  return {
    payload,
    request: {
      ...placeOf(request),
      headSha,
      name,
      status: 'completed',
      conclusion: builder.conclusion,
      summary,
      ...(text === undefined ? {} : { text }),
      annotations: [...annotations],
      ...(detailsUrl === undefined ? {} : { detailsUrl }),
    },
  };
}

function withoutAnnotations(payload: CheckRunPayload): CheckRunPayload {
  const truncated = payload.truncated.filter(({ field }) => field !== 'checkRun.annotations');
  return { ...payload, annotations: [], annotated: new Set(), truncated };
}

function composeStatus(request: ScmPublishRequest, builder: PayloadBuilder): Composition['status'] {
  const { show, headSha: commitSha } = request;
  if (!show.status) return null;
  const { state, description, truncation } = builder.status();
  const targetUrl = show.status.targetUrl ?? builder.reportUrl;
  const { context } = show.status;
  const url = targetUrl === undefined ? {} : { targetUrl };
  return { truncation, request: { ...placeOf(request), commitSha, state, context, description, ...url } };
}

function composeInline(
  request: ScmPublishRequest,
  builder: PayloadBuilder,
  outdated: OutdatedPolicy,
): Composition['inline'] {
  const { show, pullRequestNumber, headSha, maxInline, owner, repository } = request;
  if (!show.inline || pullRequestNumber === undefined) return null;
  const { comments, findings } = builder.inlineComments(maxInline);
  return { findings, request: { owner, repository, pullRequestNumber, headSha, comments, outdated } };
}

function composeComment(
  request: ScmPublishRequest,
  builder: PayloadBuilder,
  unplaced: readonly Unplaced[],
): ReturnType<Composition['comment']> {
  const { show, pullRequestNumber } = request;
  if (!show.comment || pullRequestNumber === undefined) return null;
  const summary = builder.comment(unplaced);
  const body = summary.text;
  return { summary, request: { ...placeOf(request), pullRequestNumber, body, updateExisting: true } };
}

function placeOf({ owner, repository, wait }: ScmRequest): Pick<ScmRequest, 'owner' | 'repository' | 'wait'> {
  return { owner, repository, wait };
}
