import type {
  AnnotationLevel,
  ScmCheckRunAnnotation,
  ScmCheckRunRequest,
  Truncation,
  WriteOutcome,
} from '@integrations/contracts';
import { shortHash } from '../marked-body';
import type { InlineComment, InlineOutcome } from '../scm-annotation-client';
import { type CheckRunState, checkRunState } from './check-run-state';
import { linesName } from './unified-diff';

/**
 * Stands in for a check run at a vendor that has no check runs: a commit status with the conclusion, remarks at the
 * lines of the annotations, and a comment with everything else.
 */
export interface EmulatedCheckRun extends CheckRunState {
  /** The status's description: one line of plain text. */
  readonly description: string;
  /** Remarks for the most severe annotations, in the order of the request. */
  readonly comments: readonly InlineComment[];
  /** The annotations from which `comments` are made, in the same order. */
  readonly remarked: readonly ScmCheckRunAnnotation[];
  /** The annotations beyond the maximum number of remarks. */
  readonly listed: readonly ScmCheckRunAnnotation[];
}

const SEVERITY_RANK: Readonly<Record<AnnotationLevel, number>> = { failure: 0, warning: 1, notice: 2 };

/** Throws ProviderError `invalid_request` if status and conclusion contradict each other. */
export function emulatedCheckRun(request: ScmCheckRunRequest, maxRemarks: number): EmulatedCheckRun {
  const { summary, annotations = [] } = request;
  const mostSevere = new Set(bySeverity(annotations).slice(0, maxRemarks));
  const remarked = annotations.filter((one) => mostSevere.has(one));
  return {
    ...checkRunState(request),
    description: summary === undefined ? countOf(annotations.length) : firstLineOf(summary),
    comments: remarked.map(commentOf),
    remarked,
    listed: annotations.filter((one) => !mostSevere.has(one)),
  };
}

/** Most severe first; annotations of one level keep their order. */
export function bySeverity(annotations: readonly ScmCheckRunAnnotation[]): ScmCheckRunAnnotation[] {
  return [...annotations].sort((a, b) => SEVERITY_RANK[a.annotationLevel] - SEVERITY_RANK[b.annotationLevel]);
}

/** The annotations that have no remark. `outcomes` are the outcomes of the remarks, in their order. */
export function unremarked(
  { remarked, listed }: EmulatedCheckRun,
  outcomes: readonly InlineOutcome[],
): ScmCheckRunAnnotation[] {
  return [...remarked.filter((_, index) => outcomes[index]?.placed === null), ...listed];
}

/** The text of the comment; null if there is nothing to say. `unplaced` are the annotations that have no remark. */
export function checkRunNote(
  request: ScmCheckRunRequest,
  state: CheckRunState,
  unplaced: readonly ScmCheckRunAnnotation[],
): string | null {
  const { summary, text } = request;
  if (summary === undefined && text === undefined && unplaced.length === 0) return null;
  const list = unplaced.map(({ path, startLine, endLine, title, message }) => {
    const line = cutLine(title ? `${title}: ${message}` : message);
    return `- ${code(`${path}:${linesName({ startLine, endLine })}`)} ${code(line)}`;
  });
  return [
    checkRunHeading(request, state),
    ...[summary, text].filter((part) => part !== undefined && part !== ''),
    ...(list.length > 0 ? [`Not at a line of the diff:\n\n${list.join('\n')}`] : []),
  ].join('\n\n');
}

/** The heading of that comment: the name of the run and its conclusion or status. */
export function checkRunHeading(
  { name }: Pick<ScmCheckRunRequest, 'name'>,
  { conclusion, status }: CheckRunState,
): string {
  return `### ${code(name)}: ${(conclusion ?? status).replaceAll('_', ' ')}`;
}

/** The marker of that comment. */
export function checkRunMarker(name: string, upsertKey: string): string {
  return shortHash('check_run', upsertKey, name);
}

/** The name of the run's status, at most `max` characters. Its prefix avoids names that `postStatus` uses. */
export function checkRunStatusName(name: string, max: number): string {
  const full = `check: ${name}`;
  if (full.length <= max) return full;
  return `${full.slice(0, max - 9).toWellFormed()} ${shortHash(name).slice(0, 8)}`;
}

/** The status's truncations, by the check run's field names. Without `description`: the comment has the full text. */
export function truncatedOfRun(status: readonly Truncation[]): Truncation[] {
  return status
    .filter(({ field }) => field !== 'description')
    .map((one) => (one.field === 'targetUrl' ? { ...one, field: 'detailsUrl' } : one));
}

/** The outcome that all parts share, or else `updated`. */
export function overallOutcome(outcomes: readonly WriteOutcome[]): WriteOutcome {
  const [first] = outcomes;
  return first !== undefined && outcomes.every((outcome) => outcome === first) ? first : 'updated';
}

/** Messages are plain text from others. In a code block, nothing in them acts as Markdown, a mention or a command. */
function commentOf(annotation: ScmCheckRunAnnotation): InlineComment {
  const { path, startLine, endLine, annotationLevel, title, message } = annotation;
  const marks = '`'.repeat(Math.max(3, longestRun(message) + 1));
  const heading = `**${annotationLevel}**${title ? ` ${code(title)}` : ''}`;
  return {
    fingerprint: shortHash(path, annotationLevel, title ?? '', message),
    ...{ path, startLine, endLine },
    body: `${heading}\n\n${marks}plaintext\n${message}\n${marks}`,
  };
}

function code(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const marks = '`'.repeat(longestRun(line) + 1);
  return `${marks} ${line} ${marks}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

function cutLine(text: string): string {
  return text.length <= 300 ? text : `${text.slice(0, 299).toWellFormed()}…`;
}

/** The first line with text, without the marks of headings and bold text: a status description is plain. */
function firstLineOf(markdown: string): string {
  const line = markdown.split('\n').find((one) => /\w/.test(one)) ?? '';
  return line.replace(/^\s*#+\s*/, '').replace(/\*\*|__/g, '');
}

function countOf(count: number): string {
  if (count === 0) return '';
  return count === 1 ? '1 annotation.' : `${count} annotations.`;
}
