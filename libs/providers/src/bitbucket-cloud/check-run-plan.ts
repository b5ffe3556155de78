import type {
  CheckRunConclusion,
  ScmCheckRunAnnotation,
  ScmCheckRunRequest,
  Truncation,
} from '@integrations/contracts';
import {
  bySeverity,
  type CheckRunState,
  checkRunState,
  checkRunStatusName,
  distinctFingerprints,
  emulatedCheckRun,
  linesName,
  neutralise,
  plainText,
  shortHash,
  truncate,
  type Truncated,
  truncatedOfRun,
  truncateLine,
} from '@integrations/provider-kit';
import {
  countsOf,
  REPORTER,
  type ReportNumber,
  type ReportSeverity,
  SEVERITIES,
} from '../vendors/bitbucket/code-insights';
import type { BitbucketClient } from './client';
import { keyOf } from './keys';
import { MAX_ANNOTATION_SUMMARY, MAX_ANNOTATIONS, MAX_DETAILS, MAX_STATUS_TEXT } from './limits';
import { type BuildState, buildStatus, type BuildStatus, isTakenAsLink } from './statuses';

/** The body of a Code Insights report, and the fields we use of an existing one. */
export interface Report {
  readonly title: string;
  readonly details: string;
  readonly report_type: 'SECURITY';
  readonly result: 'PASSED' | 'FAILED' | 'PENDING';
  readonly reporter: string;
  readonly link?: string;
  readonly data: readonly ReportNumber[];
}

export interface ReportAnnotation {
  readonly external_id: string;
  readonly annotation_type: 'VULNERABILITY';
  readonly severity: ReportSeverity;
  readonly path: string;
  readonly line: number;
  readonly summary: string;
  readonly details: string;
}

/** Our substitute for a check run: a build status, which merge checks evaluate, and a report with the annotations. */
export interface CheckRunPlan extends CheckRunState {
  readonly build: BuildStatus;
  /** Identifies the report among those of the commit. */
  readonly id: string;
  readonly report: Report;
  /** The most severe first. */
  readonly annotations: readonly ReportAnnotation[];
  readonly truncated: readonly Truncation[];
}

const CUT = '(cut off)';

const OUTCOMES: Readonly<Record<CheckRunConclusion, readonly [BuildState, Report['result']]>> = {
  success: ['SUCCESSFUL', 'PASSED'],
  neutral: ['SUCCESSFUL', 'PASSED'],
  skipped: ['SUCCESSFUL', 'PASSED'],
  failure: ['FAILED', 'FAILED'],
  timed_out: ['FAILED', 'FAILED'],
  action_required: ['FAILED', 'FAILED'],
  cancelled: ['STOPPED', 'FAILED'],
};

/** Throws ProviderError `invalid_request` if status and conclusion contradict each other. */
export function planCheckRun(client: BitbucketClient, request: ScmCheckRunRequest, upsertKey: string): CheckRunPlan {
  const { name, headSha: sha, detailsUrl, annotations = [] } = request;
  const run = checkRunState(request);
  const [state, result] = run.conclusion ? OUTCOMES[run.conclusion] : (['INPROGRESS', 'PENDING'] as const);
  const description = plainText(emulatedCheckRun(request, 0).description);
  const content = { sha, state, name: checkRunStatusName(name, MAX_STATUS_TEXT), description, targetUrl: detailsUrl };
  const { status: build, truncated } = buildStatus(client, request, content);
  const shown = bySeverity(annotations).slice(0, MAX_ANNOTATIONS);
  const details = detailsOf(request, run, annotations.length - shown.length);
  const left = { field: 'annotations', was: annotations.length, now: shown.length, unit: 'items' } as const;
  const fingerprints = distinctFingerprints(shown.map(fingerprintOf));
  const messages = shown.map((one) => messageOf(one, annotations.indexOf(one)));
  return {
    ...run,
    build,
    id: reportIdOf(name, upsertKey),
    report: {
      ...{ title: name, details: details.text, report_type: 'SECURITY', result, reporter: REPORTER },
      ...(detailsUrl !== undefined && isTakenAsLink(detailsUrl) ? { link: detailsUrl } : {}),
      data: countsOf(annotations),
    },
    annotations: shown.map((one, at) => annotationOf(one, shortHash(fingerprints[at]!), messages[at]!.text)),
    truncated: [
      ...truncatedOfRun(truncated),
      ...[details, ...messages].map(({ truncation }) => truncation).filter((one) => one !== null),
      ...(left.was > left.now ? [left] : []),
    ],
  };
}

export function reportIdOf(name: string, upsertKey: string): string {
  return keyOf('report', name, upsertKey);
}

/** A report whose annotations will never be complete. */
export function unfinishedReport(title: string, details: string): Report {
  const [, result] = OUTCOMES.cancelled;
  return { title, details, report_type: 'SECURITY', result, reporter: REPORTER, data: [] };
}

/** Bitbucket requires details, and shows them as plain text. */
function detailsOf({ summary, text, annotations = [] }: ScmCheckRunRequest, run: CheckRunState, leftOut: number) {
  const said = [summary, text].map((part) => plainText(neutralise(part ?? ''))).filter((part) => part !== '');
  const fallback = `${(run.conclusion ?? run.status).replaceAll('_', ' ')}, ${annotations.length} annotations.`;
  const note =
    leftOut === 0 ? '' : `\n\n${leftOut} more annotations are left out: a report holds at most ${MAX_ANNOTATIONS}.`;
  const limit = { field: 'summary', max: MAX_DETAILS - note.length, unit: 'characters', note: CUT } as const;
  const cut = truncate(said.join('\n\n') || fallback, limit);
  return { text: `${cut.text}${note}`, truncation: cut.truncation };
}

/** Identifies an annotation without its lines, which change from run to run. */
function fingerprintOf({ path, annotationLevel, title = '', message }: ScmCheckRunAnnotation) {
  return { fingerprint: JSON.stringify([path, annotationLevel, title, message]) };
}

/** The whole message, preceded by the line range if it covers several lines: Bitbucket shows it at a single line. */
function messageOf({ startLine, endLine, message }: ScmCheckRunAnnotation, index: number): Truncated {
  const where = startLine === endLine ? '' : `Lines ${linesName({ startLine, endLine })}.\n\n`;
  const limit = { field: `annotations[${index}].message`, max: MAX_DETAILS, unit: 'characters', note: CUT } as const;
  return truncate(`${where}${neutralise(message)}`, limit);
}

function annotationOf(annotation: ScmCheckRunAnnotation, external_id: string, details: string): ReportAnnotation {
  const { path, startLine: line, annotationLevel, title, message } = annotation;
  const said = title ? `${title}: ${message}` : message;
  const summary = truncateLine(said, { field: 'title', max: MAX_ANNOTATION_SUMMARY, unit: 'characters' }).text;
  return {
    ...{ external_id, annotation_type: 'VULNERABILITY', severity: SEVERITIES[annotationLevel], path, line },
    // A single annotation with an empty text makes Bitbucket refuse the whole call.
    summary: summary || 'no message',
    details: details.trim() || 'no message',
  };
}
