import type {
  AnnotationLevel,
  CheckRunConclusion,
  ScmCheckRunAnnotation,
  ScmCheckRunRequest,
  Truncation,
} from '@integrations/contracts';
import {
  byGravity,
  type CheckRunState,
  checkRunState,
  distinctFingerprints,
  linesName,
  neutralise,
  shortHash,
  truncate,
  truncateLine,
} from '@integrations/provider-kit';
import { keyOf } from './keys';
import { ANNOTATIONS_PER_CALL, MAX_ANNOTATION_SUMMARY, MAX_ANNOTATIONS, MAX_DETAILS } from './limits';
import { plainText } from './plain-text';
import type { Write } from './repository';

/** A report of Code Insights as it is sent, and the fields we use of one that is there. */
export interface Report {
  readonly title: string;
  readonly details: string;
  readonly report_type: 'SECURITY';
  readonly result: 'PASSED' | 'FAILED' | 'PENDING';
  readonly link?: string;
  readonly data?: readonly { readonly title: string; readonly type: 'NUMBER'; readonly value: number }[];
}

export interface ReportAnnotation {
  readonly external_id: string;
  readonly annotation_type: 'VULNERABILITY';
  readonly severity: 'HIGH' | 'MEDIUM' | 'LOW';
  readonly path: string;
  readonly line: number;
  readonly summary: string;
  readonly details: string;
}

/** What a check run is at Bitbucket: a report of the commit, with its annotations. */
export interface CheckRunPlan extends CheckRunState {
  /** Tells it from the other reports of the commit. */
  readonly id: string;
  readonly report: Report;
  readonly annotations: readonly ReportAnnotation[];
  readonly truncated: readonly Truncation[];
}

const RESULTS: Readonly<Record<CheckRunConclusion, Report['result']>> = {
  success: 'PASSED',
  neutral: 'PASSED',
  skipped: 'PASSED',
  failure: 'FAILED',
  timed_out: 'FAILED',
  action_required: 'FAILED',
  cancelled: 'FAILED',
};
const SEVERITIES: Readonly<Record<AnnotationLevel, ReportAnnotation['severity']>> = {
  failure: 'HIGH',
  warning: 'MEDIUM',
  notice: 'LOW',
};
const NOUNS: Readonly<Record<AnnotationLevel, string>> = {
  failure: 'Failures',
  warning: 'Warnings',
  notice: 'Notices',
};

/** Throws ProviderError `invalid_request` where status and conclusion contradict each other. */
export function planCheckRun(request: ScmCheckRunRequest, upsertKey: string): CheckRunPlan {
  const { name, detailsUrl, annotations = [] } = request;
  const state = checkRunState(request);
  const shown = byGravity(annotations).slice(0, MAX_ANNOTATIONS);
  const left = { field: 'annotations', was: annotations.length, now: shown.length, unit: 'items' } as const;
  const details = detailsOf(request, state, annotations.length - shown.length);
  const fingerprints = distinctFingerprints(shown.map(fingerprintOf));
  return {
    ...state,
    id: keyOf('report', upsertKey),
    report: {
      ...{ title: name, details: details.text, report_type: 'SECURITY' },
      result: state.conclusion ? RESULTS[state.conclusion] : 'PENDING',
      ...(detailsUrl === undefined ? {} : { link: detailsUrl }),
      ...(annotations.length === 0 ? {} : { data: countsOf(annotations) }),
    },
    annotations: shown.map((one, index) => annotationOf(one, shortHash(fingerprints[index]!))),
    truncated: [...(details.truncation ? [details.truncation] : []), ...(left.was > left.now ? [left] : [])],
  };
}

/** The report is kept waiting until its annotations are there. A hundred go at a time. */
export function checkRunWrites(
  { headSha }: Pick<ScmCheckRunRequest, 'headSha'>,
  { id, report }: CheckRunPlan,
  annotations: readonly ReportAnnotation[],
): Write[] {
  const path = reportPath(headSha, id);
  const put = (result: Report['result']): Write => ({ method: 'PUT', path, body: { ...report, result } });
  if (annotations.length === 0) return [put(report.result)];
  const calls: Write[] = [];
  for (let at = 0; at < annotations.length; at += ANNOTATIONS_PER_CALL) {
    const body = annotations.slice(at, at + ANNOTATIONS_PER_CALL);
    calls.push({ method: 'POST', path: `${path}/annotations`, body });
  }
  return [put('PENDING'), ...calls, ...(report.result === 'PENDING' ? [] : [put(report.result)])];
}

export function reportPath(headSha: string, id: string): string {
  return `/commit/${headSha}/reports/${id}`;
}

/** Bitbucket wants some, and shows them as they are. */
function detailsOf({ summary, text, annotations = [] }: ScmCheckRunRequest, state: CheckRunState, leftOut: number) {
  const said = [summary, text].map((part) => plainText(neutralise(part ?? ''))).filter((part) => part !== '');
  const fallback = `${(state.conclusion ?? state.status).replaceAll('_', ' ')}, ${annotations.length} annotations.`;
  const note = leftOut === 0 ? '' : `\n\n${leftOut} more are left out: a report holds ${MAX_ANNOTATIONS}.`;
  const limit = { field: 'summary', max: MAX_DETAILS - note.length, unit: 'characters', note: '(cut off)' } as const;
  const cut = truncate(said.join('\n\n') || fallback, limit);
  return { text: `${cut.text}${note}`, truncation: cut.truncation };
}

function countsOf(annotations: readonly ScmCheckRunAnnotation[]): Report['data'] {
  return (Object.keys(NOUNS) as AnnotationLevel[]).map((level) => ({
    ...{ title: NOUNS[level], type: 'NUMBER' },
    value: annotations.filter(({ annotationLevel }) => annotationLevel === level).length,
  }));
}

/** Lines change from run to run, and say nothing about which annotation it is. */
function fingerprintOf({ path, annotationLevel, title = '', message }: ScmCheckRunAnnotation) {
  return { fingerprint: JSON.stringify([path, annotationLevel, title, message]) };
}

function annotationOf(annotation: ScmCheckRunAnnotation, external_id: string): ReportAnnotation {
  const { path, startLine, endLine, annotationLevel, title, message } = annotation;
  const said = neutralise(title ? `${title}: ${message}` : message);
  const where = startLine === endLine ? '' : `Lines ${linesName({ startLine, endLine })}.\n\n`;
  const limit = { field: 'message', max: MAX_DETAILS, unit: 'characters', note: '(cut off)' } as const;
  return {
    ...{ external_id, annotation_type: 'VULNERABILITY', severity: SEVERITIES[annotationLevel], path, line: startLine },
    summary:
      truncateLine(said, { field: 'title', max: MAX_ANNOTATION_SUMMARY, unit: 'characters' }).text || 'no message',
    details: truncate(`${where}${neutralise(message)}`, limit).text.trim() || 'no message',
  };
}
