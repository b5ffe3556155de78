import type { ScmCheckRunAnnotation, ScmCheckRunRequest, Truncation } from '@integrations/contracts';
import {
  type CheckRunState,
  checkRunState,
  neutralise,
  ProviderError,
  shortHash,
  type TextLimit,
  truncate,
  truncateLine,
} from '@integrations/provider-kit';
import { MAX_ANNOTATION_TITLE, MAX_MESSAGE_BYTES, MAX_OUTPUT_BYTES } from './limits';

/** An annotation in GitHub's format. */
export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: string;
  readonly message: string;
  readonly title?: string;
}

/** The final content of a check run, cut to GitHub's limits. */
export interface CheckRunPlan extends CheckRunState {
  /** The prefix of `external_id`, shared by all runs of one upsert key on one commit. */
  readonly identity: string;
  /** `identity` and a hash of the content, which distinguishes a repeat of this request from a newer one. */
  readonly externalId: string;
  readonly detailsUrl: string | undefined;
  readonly startedAt: string | undefined;
  readonly output: { readonly title: string; readonly summary: string; readonly text?: string } | undefined;
  readonly annotations: readonly Annotation[];
  readonly truncated: readonly Truncation[];
}

/** Throws ProviderError `invalid_request` if status and conclusion contradict each other. */
export function planCheckRun(request: ScmCheckRunRequest, upsertKey: string): CheckRunPlan {
  const truncated: Truncation[] = [];
  const cut: Cut = {
    text: (text, limit) => kept(truncate(neutralise(text), limit), truncated),
    line: (text, limit) => kept(truncateLine(text, limit), truncated),
  };
  const annotations = (request.annotations ?? []).map((annotation, index) => annotationOf(annotation, index, cut));
  const { text, name } = request;
  const summary = request.summary ?? (annotations.length > 0 ? countOf(annotations) : undefined);
  const hasOutput = summary !== undefined || text !== undefined;
  const content = {
    ...checkRunState(request),
    detailsUrl: request.detailsUrl,
    output: hasOutput
      ? {
          title: name,
          summary: cut.text(summary ?? '', { field: 'summary', max: MAX_OUTPUT_BYTES, unit: 'bytes' }),
          ...(text === undefined
            ? {}
            : { text: cut.text(text, { field: 'text', max: MAX_OUTPUT_BYTES, unit: 'bytes' }) }),
        }
      : undefined,
    annotations,
  };
  const identity = identityOf(upsertKey, request.headSha);
  // The hash leaves out startedAt: a later scan with the same result must count as the same content.
  const externalId = `${identity}.${shortHash(name, JSON.stringify(content))}`;
  return { identity, externalId, startedAt: startOf(request.startedAt), truncated, ...content };
}

export function identityOf(upsertKey: string, headSha: string): string {
  return `integrations:${shortHash(upsertKey, headSha)}`;
}

/** Cuts texts to a limit and records each cut. */
interface Cut {
  text(text: string, limit: TextLimit): string;
  line(text: string, limit: TextLimit): string;
}

function kept(cut: { text: string; truncation: Truncation | null }, truncated: Truncation[]): string {
  if (cut.truncation) truncated.push(cut.truncation);
  return cut.text;
}

function annotationOf(annotation: ScmCheckRunAnnotation, index: number, cut: Cut): Annotation {
  const { path, startLine, endLine, annotationLevel, message, title } = annotation;
  const at = `annotations[${index}]`;
  return {
    path,
    start_line: startLine,
    end_line: endLine,
    annotation_level: annotationLevel,
    message: cut.text(message, { field: `${at}.message`, max: MAX_MESSAGE_BYTES, unit: 'bytes' }),
    ...(title
      ? { title: cut.line(title, { field: `${at}.title`, max: MAX_ANNOTATION_TITLE, unit: 'characters' }) }
      : {}),
  };
}

function startOf(startedAt: string | undefined): string | undefined {
  if (startedAt === undefined) return undefined;
  const at = Date.parse(startedAt);
  if (Number.isNaN(at)) throw new ProviderError('invalid_request', 'startedAt: must be a date and time');
  return new Date(at).toISOString();
}

/** GitHub requires a summary with annotations. */
function countOf(annotations: readonly Annotation[]): string {
  return annotations.length === 1 ? '1 annotation.' : `${annotations.length} annotations.`;
}
