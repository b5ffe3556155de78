import type { ScmCheckRunRequest, ScmCheckRunResponse, WriteOutcome } from '@integrations/contracts';
import { type AnnotationContext, type CheckRunRef, overallOutcome } from '@integrations/provider-kit';
import {
  type CheckRunPlan,
  planCheckRun,
  type Report,
  type ReportAnnotation,
  reportIdOf,
  unfinishedReport,
} from './check-run-plan';
import type { BitbucketClient } from './client';
import { ANNOTATIONS_PER_CALL } from './limits';
import { RepositoryClient, type Write } from './repository';
import { report as reportBuild } from './statuses';

/** Creates or updates our substitute for a check run: the build status first, then the report. */
export async function createCheckRun(
  client: BitbucketClient,
  request: ScmCheckRunRequest,
  context: AnnotationContext,
): Promise<ScmCheckRunResponse> {
  const repository = new RepositoryClient(client, request, context.signal);
  const plan = planCheckRun(client, request, context.upsertKey);
  const built = await reportBuild(repository, request.headSha, plan.build);
  const reported = await bringUpToDate(repository, request, plan, context);
  const { build, id, status, conclusion, annotations, truncated } = plan;
  return {
    ...{ outcome: overallOutcome([built, reported]), checkRunId: id, url: build.url, status, conclusion, truncated },
    annotationsPosted: annotations.length,
  };
}

/**
 * Ends a pending report. The build status needs no change: it is set to the conclusion before the report is started.
 */
export async function cancelCheckRun(
  client: BitbucketClient,
  { headSha, name, summary, ...place }: CheckRunRef & { readonly summary: string },
  { upsertKey, signal }: AnnotationContext,
): Promise<void> {
  const repository = new RepositoryClient(client, place, signal);
  const path = reportPath(headSha, reportIdOf(name, upsertKey));
  const current = await repository.find<Report>(path);
  if (current?.result === 'PENDING') {
    await repository.write({ method: 'PUT', path, body: unfinishedReport(name, summary) });
  }
}

/**
 * An annotation replaces the one with the same external id, so a retry after a lost reply adds nothing. If the report
 * has annotations that this run lacks, it is deleted and created again: annotations can only be deleted one by one, and
 * each call counts against the rate limit.
 */
async function bringUpToDate(
  repository: RepositoryClient,
  request: ScmCheckRunRequest,
  plan: CheckRunPlan,
  context: AnnotationContext,
): Promise<WriteOutcome> {
  const path = reportPath(request.headSha, plan.id);
  const current = await repository.find<Report>(path);
  const existing = new Map<string, ReportAnnotation>();
  if (current) {
    for await (const one of repository.list<ReportAnnotation>(`${path}/annotations`))
      existing.set(one.external_id, one);
  }
  const wanted = new Set(plan.annotations.map(({ external_id }) => external_id));
  const hasOutdated = [...existing.keys()].some((id) => !wanted.has(id));
  if (hasOutdated) {
    await repository.delete(path);
    existing.clear();
  }
  const missing = plan.annotations.filter((one) => !isSame(existing.get(one.external_id), one));
  if (current && !hasOutdated && missing.length === 0 && isEqual(current, plan.report)) return 'unchanged';
  const writes = reportWrites(request, plan, missing);
  if (writes.length > 1) await context.halfMade?.();
  for (const write of writes) await repository.write(write);
  return current ? 'updated' : 'created';
}

/** Keeps the report pending until its annotations are there, which are sent a hundred at a time. */
export function reportWrites(
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

function reportPath(headSha: string, id: string): string {
  return `/commit/${headSha}/reports/${id}`;
}

/** Ignores the counts, because they follow from the annotations. */
function isEqual(current: Report, { title, details, result, link }: Report): boolean {
  const isSameText = current.title === title && current.details === details;
  return isSameText && current.result === result && (current.link || '') === (link ?? '');
}

function isSame(current: ReportAnnotation | undefined, wanted: ReportAnnotation): boolean {
  const { path, line, severity, summary, details } = wanted;
  if (!current || current.path !== path || current.line !== line || current.severity !== severity) return false;
  return current.summary === summary && current.details === details;
}
