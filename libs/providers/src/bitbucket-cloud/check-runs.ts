import type { ScmCheckRunRequest, ScmCheckRunResponse } from '@integrations/contracts';
import type { AnnotationContext } from '@integrations/provider-kit';
import {
  type CheckRunPlan,
  checkRunWrites,
  planCheckRun,
  type Report,
  type ReportAnnotation,
  reportPath,
} from './check-run-plan';
import type { BitbucketClient } from './client';
import { RepositoryClient } from './repository';

/**
 * Brings the report of an upsert key to what the request says. What is known by its external id is taken over, so that a
 * rerun after a lost reply adds nothing. If an earlier run has annotations that this one has not, the report is made anew:
 * they could go one by one only, and each call counts.
 */
export async function createCheckRun(
  client: BitbucketClient,
  request: ScmCheckRunRequest,
  { upsertKey, signal }: AnnotationContext,
): Promise<ScmCheckRunResponse> {
  const repository = new RepositoryClient(client, request, signal);
  const plan = planCheckRun(request, upsertKey);
  const outcome = await bringUpToDate(repository, request, plan);
  const { status, conclusion, annotations, truncated } = plan;
  return {
    ...{ outcome, checkRunId: plan.id, status, conclusion, truncated },
    // A report has no page of its own: it shows on the commit and on its pull requests.
    url: `${repository.webUrl}/commits/${request.headSha}`,
    annotationsPosted: annotations.length,
  };
}

async function bringUpToDate(
  repository: RepositoryClient,
  request: ScmCheckRunRequest,
  plan: CheckRunPlan,
): Promise<ScmCheckRunResponse['outcome']> {
  const path = reportPath(request.headSha, plan.id);
  const current = await repository.find<Report>(path);
  const standing = new Map<string, ReportAnnotation>();
  if (current) {
    for await (const one of repository.list<ReportAnnotation>(`${path}/annotations`))
      standing.set(one.external_id, one);
  }
  const wanted = new Set(plan.annotations.map(({ external_id }) => external_id));
  if ([...standing.keys()].some((id) => !wanted.has(id))) {
    await repository.delete(path);
    standing.clear();
  }
  const missing = plan.annotations.filter((one) => !isSame(standing.get(one.external_id), one));
  if (current && missing.length === 0 && saysSame(current, plan.report)) {
    if (standing.size === plan.annotations.length) return 'unchanged';
  }
  for (const write of checkRunWrites(request, plan, missing)) await repository.write(write);
  return current ? 'updated' : 'created';
}

function saysSame(current: Report, { title, details, result, link }: Report): boolean {
  const isSameText = current.title === title && current.details === details;
  return isSameText && current.result === result && (current.link || '') === (link ?? '');
}

function isSame(current: ReportAnnotation | undefined, wanted: ReportAnnotation): boolean {
  const { path, line, severity, summary, details } = wanted;
  if (!current || current.path !== path || current.line !== line || current.severity !== severity) return false;
  return current.summary === summary && current.details === details;
}
