import type {
  CheckRunConclusion,
  ScmCheckRunAnnotation,
  ScmCheckRunRequest,
  Truncation,
} from '@integrations/contracts';
import {
  bySeverity,
  type CheckRunState,
  checkRunMarker,
  checkRunState,
  checkRunStatusName,
  emulatedCheckRun,
  neutralise,
  plainText,
  truncate,
  truncatedOfRun,
} from '@integrations/provider-kit';
import {
  countsOf,
  REPORTER,
  type ReportNumber,
  type ReportSeverity,
  SEVERITIES,
} from '../vendors/bitbucket/code-insights';
import { pathOf, type RepositoryName } from './addresses';
import { type Build, buildOf, stateOfRun } from './builds';
import { MAX_ANNOTATIONS, MAX_DETAILS_BYTES, MAX_MESSAGE_BYTES, MAX_STATUS_TEXT } from './limits';

/** A Code Insights report. https://developer.atlassian.com/server/bitbucket/rest/v902/api-group-builds-and-deployments/ */
export interface Report {
  readonly title: string;
  readonly details?: string;
  /** Absent while the run is unfinished: Bitbucket has no value for that. */
  readonly result?: 'PASS' | 'FAIL';
  readonly reporter: string;
  readonly link?: string;
  readonly data: readonly ReportNumber[];
}

export interface Annotation {
  readonly path: string;
  readonly line: number;
  readonly message: string;
  readonly severity: ReportSeverity;
}

/** Our substitute for a check run: a build status, which may be running, and a report, which holds the annotations. */
export interface ReportPlan extends CheckRunState {
  readonly build: Build;
  /** At most 50 characters. */
  readonly key: string;
  readonly report: Report;
  /** The most severe first. */
  readonly annotations: readonly Annotation[];
  readonly truncated: readonly Truncation[];
}

const RESULTS: Readonly<Record<CheckRunConclusion, Report['result']>> = {
  success: 'PASS',
  neutral: 'PASS',
  skipped: 'PASS',
  failure: 'FAIL',
  timed_out: 'FAIL',
  action_required: 'FAIL',
  // Without a result, the report makes no claim and lets no merge pass.
  cancelled: undefined,
};

/** Throws ProviderError `invalid_request` if status and conclusion contradict each other. */
export function planReport(base: string, request: ScmCheckRunRequest, upsertKey: string): ReportPlan {
  const { name, detailsUrl, headSha: sha, owner, repository, annotations = [] } = request;
  const state = checkRunState(request);
  const words = {
    state: stateOfRun(state.conclusion),
    name: checkRunStatusName(name, MAX_STATUS_TEXT),
    description: plainText(emulatedCheckRun(request, 0).description),
    targetUrl: detailsUrl,
  };
  const { build, truncated } = buildOf(base, { owner, repository, sha }, words);
  const shown = bySeverity(annotations).slice(0, MAX_ANNOTATIONS);
  const cut = new Cuts();
  return {
    ...state,
    build,
    key: `integrations-${checkRunMarker(name, upsertKey)}`,
    report: reportOf(request, state, annotations.length - shown.length, cut),
    annotations: shown.map((annotation) => annotationOf(annotation, annotations.indexOf(annotation), cut)),
    truncated: [
      ...truncatedOfRun(truncated),
      ...cut.truncated,
      ...(shown.length < annotations.length
        ? [{ field: 'annotations', was: annotations.length, now: shown.length, unit: 'items' } as const]
        : []),
    ],
  };
}

/** Relative to the context path. */
export function reportPath(name: RepositoryName, sha: string, key: string): string {
  return `/rest/insights/latest${pathOf(name)}/commits/${sha}/reports/${key}`;
}

function reportOf(
  { name, summary, text, detailsUrl, annotations = [] }: ScmCheckRunRequest,
  { conclusion }: CheckRunState,
  left: number,
  cut: Cuts,
): Report {
  const note = left > 0 ? `${left} more annotations are left out: a report holds at most ${MAX_ANNOTATIONS}.` : '';
  const texts = [summary, text].map((part) => plainText(part ?? '')).filter((part) => part !== '');
  const max = MAX_DETAILS_BYTES - Buffer.byteLength(note) - 2;
  const field = text === undefined ? 'summary' : 'text';
  const details = cut.text(texts.join('\n\n'), { field, max, unit: 'bytes', note: '(cut off)' });
  const result = conclusion ? RESULTS[conclusion] : undefined;
  return {
    title: name,
    ...(details || note ? { details: [details, note].filter((part) => part !== '').join('\n\n') } : {}),
    ...(result ? { result } : {}),
    reporter: REPORTER,
    ...(detailsUrl ? { link: detailsUrl } : {}),
    data: countsOf(annotations),
  };
}

function annotationOf(annotation: ScmCheckRunAnnotation, index: number, cut: Cuts): Annotation {
  const { path, startLine: line, annotationLevel, title, message } = annotation;
  const limit = { field: `annotations[${index}].message`, max: MAX_MESSAGE_BYTES, unit: 'bytes', note: '…' } as const;
  return {
    ...{ path, line },
    // A single annotation with an empty message makes Bitbucket refuse all of them.
    message: cut.text(title ? `${title}: ${message}` : message, limit).trim() || 'no message',
    severity: SEVERITIES[annotationLevel],
  };
}

/** Cuts texts to limits and records each cut. */
class Cuts {
  readonly truncated: Truncation[] = [];

  text(text: string, limit: Parameters<typeof truncate>[1]): string {
    const cut = truncate(neutralise(text), limit);
    if (cut.truncation) this.truncated.push(cut.truncation);
    return cut.text;
  }
}
