import type {
  AnnotationLevel,
  CheckRunConclusion,
  CheckRunStatus,
  ScmCheckRunAnnotation,
  ScmCheckRunRequest,
  Truncation,
} from '@integrations/contracts';
import { type InlineComment, ProviderError, shortHash } from '@integrations/provider-kit';
import { nameOf } from './diff';
import { MAX_REMARKS_OF_CHECK_RUN, MAX_STATUS_TEXT } from './limits';
import { stateOfRun } from './states';
import { type StatusBody, statusBody } from './statuses';

/**
 * What stands for a check run, of which GitLab has none: a commit status that concludes, discussions at the lines of its
 * annotations, and a note with what it says beside.
 */
export interface CheckRunPlan {
  readonly status: CheckRunStatus;
  readonly conclusion: CheckRunConclusion | null;
  readonly statusBody: StatusBody;
  /** The gravest annotations, in the order of the request. */
  readonly comments: readonly InlineComment[];
  /** Those that there are too many of for discussions. */
  readonly listed: readonly ScmCheckRunAnnotation[];
  readonly truncated: readonly Truncation[];
}

const GRAVITY: Readonly<Record<AnnotationLevel, number>> = { failure: 0, warning: 1, notice: 2 };

/** Throws ProviderError `invalid_request` where status and conclusion contradict each other. */
export function planCheckRun(request: ScmCheckRunRequest): CheckRunPlan {
  const { name, summary, detailsUrl, annotations = [] } = request;
  const conclusion = request.conclusion ?? null;
  const status = request.status ?? (conclusion ? 'completed' : 'queued');
  if (status === 'completed' && !conclusion) {
    throw new ProviderError('invalid_request', 'conclusion: is required when status is completed');
  }
  if (conclusion && status !== 'completed') {
    throw new ProviderError('invalid_request', `conclusion: a run that is ${status} has none yet`);
  }
  const said = summary === undefined ? countOf(annotations.length) : firstLineOf(summary);
  const { body, truncated } = statusBody(stateOfRun(status, conclusion), statusName(name), said, detailsUrl);
  const gravest = new Set(byGravity(annotations).slice(0, MAX_REMARKS_OF_CHECK_RUN));
  return {
    status,
    conclusion,
    statusBody: body,
    comments: annotations.filter((one) => gravest.has(one)).map(commentOf),
    listed: annotations.filter((one) => !gravest.has(one)),
    // The description is the beginning of what the note says in full.
    truncated: truncated.filter(({ field }) => field !== 'description'),
  };
}

/** The note; `unplaced`: annotations that have no discussion. Null if there is nothing to say. */
export function noteText(
  { name, summary, text }: ScmCheckRunRequest,
  { conclusion, status }: CheckRunPlan,
  unplaced: readonly ScmCheckRunAnnotation[],
): string | null {
  if (summary === undefined && text === undefined && unplaced.length === 0) return null;
  const list = unplaced.map(({ path, startLine, endLine, title, message }) => {
    const said = truncatedLine(title ? `${title}: ${message}` : message);
    return `- ${code(`${path}:${nameOf({ startLine, endLine })}`)} ${code(said)}`;
  });
  return [
    `### ${code(name)}: ${(conclusion ?? status).replaceAll('_', ' ')}`,
    ...[summary, text].filter((part) => part !== undefined && part !== ''),
    ...(list.length > 0 ? [`Not at a line of the diff:\n\n${list.join('\n')}`] : []),
  ].join('\n\n');
}

/** Apart from what `postStatus` sets: both may be called the same, and GitLab tells statuses apart by name alone. */
function statusName(name: string): string {
  const full = `check: ${name}`;
  if (full.length <= MAX_STATUS_TEXT) return full;
  return `${full.slice(0, MAX_STATUS_TEXT - 9).toWellFormed()} ${shortHash(name).slice(0, 8)}`;
}

function byGravity(annotations: readonly ScmCheckRunAnnotation[]): ScmCheckRunAnnotation[] {
  return [...annotations].sort((a, b) => GRAVITY[a.annotationLevel] - GRAVITY[b.annotationLevel]);
}

/** Messages are plain text of others; in a code block none of it is Markdown, a mention or a quick action. */
function commentOf({
  path,
  startLine,
  endLine,
  annotationLevel,
  title,
  message,
}: ScmCheckRunAnnotation): InlineComment {
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

function truncatedLine(text: string): string {
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
