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
 * What stands for a check run at a vendor that has none: a commit status that concludes, remarks at the lines of its
 * annotations, and a comment with what it says beside.
 */
export interface EmulatedCheckRun extends CheckRunState {
  /** What the status says: one line, plain. */
  readonly description: string;
  /** The gravest annotations, in the order of the request. */
  readonly comments: readonly InlineComment[];
  /** Those of which `comments` are made. */
  readonly remarked: readonly ScmCheckRunAnnotation[];
  /** Those that there are too many of for remarks. */
  readonly listed: readonly ScmCheckRunAnnotation[];
}

const GRAVITY: Readonly<Record<AnnotationLevel, number>> = { failure: 0, warning: 1, notice: 2 };

/** Throws ProviderError `invalid_request` where status and conclusion contradict each other. */
export function emulatedCheckRun(request: ScmCheckRunRequest, maxRemarks: number): EmulatedCheckRun {
  const { summary, annotations = [] } = request;
  const gravest = new Set(byGravity(annotations).slice(0, maxRemarks));
  const remarked = annotations.filter((one) => gravest.has(one));
  return {
    ...checkRunState(request),
    description: summary === undefined ? countOf(annotations.length) : firstLineOf(summary),
    comments: remarked.map(commentOf),
    remarked,
    listed: annotations.filter((one) => !gravest.has(one)),
  };
}

/** The gravest first, those of one level in the order given. */
export function byGravity(annotations: readonly ScmCheckRunAnnotation[]): ScmCheckRunAnnotation[] {
  return [...annotations].sort((a, b) => GRAVITY[a.annotationLevel] - GRAVITY[b.annotationLevel]);
}

/** The annotations that have no remark, `outcomes` being those of the remarks in their order. */
export function unremarked(
  { remarked, listed }: EmulatedCheckRun,
  outcomes: readonly InlineOutcome[],
): ScmCheckRunAnnotation[] {
  return [...remarked.filter((_, index) => outcomes[index]?.placed === null), ...listed];
}

/** The text of the comment; `unplaced`: annotations that have no remark. Null if there is nothing to say. */
export function checkRunNote(
  request: ScmCheckRunRequest,
  state: CheckRunState,
  unplaced: readonly ScmCheckRunAnnotation[],
): string | null {
  const { summary, text } = request;
  if (summary === undefined && text === undefined && unplaced.length === 0) return null;
  const list = unplaced.map(({ path, startLine, endLine, title, message }) => {
    const said = cutLine(title ? `${title}: ${message}` : message);
    return `- ${code(`${path}:${linesName({ startLine, endLine })}`)} ${code(said)}`;
  });
  return [
    checkRunHeading(request, state),
    ...[summary, text].filter((part) => part !== undefined && part !== ''),
    ...(list.length > 0 ? [`Not at a line of the diff:\n\n${list.join('\n')}`] : []),
  ].join('\n\n');
}

/** How that text begins: which run it is, and how that stands. */
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

/** What its status is called, apart from those that `postStatus` sets: both may be called the same. `max`: characters. */
export function checkRunStatusName(name: string, max: number): string {
  const full = `check: ${name}`;
  if (full.length <= max) return full;
  return `${full.slice(0, max - 9).toWellFormed()} ${shortHash(name).slice(0, 8)}`;
}

/** What of the status was cut, in words of the check run: its description is the beginning of what is said in full elsewhere. */
export function truncatedOfRun(status: readonly Truncation[]): Truncation[] {
  return status
    .filter(({ field }) => field !== 'description')
    .map((one) => (one.field === 'targetUrl' ? { ...one, field: 'detailsUrl' } : one));
}

/** Of the parts of one unit: what is new altogether was not there before. */
export function overallOutcome(outcomes: readonly WriteOutcome[]): WriteOutcome {
  const [first] = outcomes;
  return first !== undefined && outcomes.every((outcome) => outcome === first) ? first : 'updated';
}

/** Messages are plain text of others; in a code block none of it is Markdown, a mention or a command to the vendor. */
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

/** Without what makes a heading or bold text of it: a description is plain. */
function firstLineOf(markdown: string): string {
  const line = markdown.split('\n').find((one) => /\w/.test(one)) ?? '';
  return line.replace(/^\s*#+\s*/, '').replace(/\*\*|__/g, '');
}

function countOf(count: number): string {
  if (count === 0) return '';
  return count === 1 ? '1 annotation.' : `${count} annotations.`;
}
