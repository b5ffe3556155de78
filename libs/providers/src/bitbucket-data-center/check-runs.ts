import { isDeepStrictEqual } from 'node:util';
import type { ScmCheckRunRequest, ScmCheckRunResponse, WriteOutcome } from '@integrations/contracts';
import { type AnnotationContext, hasCode, overallOutcome, ProviderError } from '@integrations/provider-kit';
import type { BitbucketClient } from './client';
import { unreadable } from './errors';
import { type Annotation, planReport, type Report, reportPath } from './report-plan';
import { asAbsent, RepositoryClient } from './repository';
import { report as reportBuild } from './statuses';

/**
 * Creates or updates our substitute for a check run: the build status first, then the report. Bitbucket only adds
 * annotations: if those of this run differ, the existing ones are deleted first.
 */
export async function createCheckRun(
  client: BitbucketClient,
  request: ScmCheckRunRequest,
  { upsertKey, signal }: AnnotationContext,
): Promise<ScmCheckRunResponse> {
  const repository = new RepositoryClient(client, request, signal);
  const { owner, headSha: sha } = request;
  const plan = planReport(client.base, request, upsertKey);
  const { build, key, status, conclusion, truncated, annotations } = plan;
  const built = await reportBuild(repository, { owner, repository: request.repository, sha }, build);
  const path = reportPath(request, sha, key);
  const reported = await bringUpToDate(repository, path, plan.report);
  const annotated = await annotate(repository, `${path}/annotations`, annotations, reported === 'created');
  const outcome = overallOutcome([
    built,
    reported,
    ...(annotated ? [reported === 'unchanged' ? 'updated' : reported] : []),
  ] as const);
  return {
    outcome,
    checkRunId: key,
    url: build.url,
    status,
    conclusion,
    annotationsPosted: annotations.length,
    truncated,
  };
}

async function bringUpToDate(repository: RepositoryClient, path: string, wanted: Report): Promise<WriteOutcome> {
  const current = await repository.at(path).catch(asAbsent);
  if (current && isEqual(current, wanted)) return 'unchanged';
  const { title } = (await repository
    .write({ method: 'PUT', path, body: wanted })
    .catch(asForeignReport)) as Partial<Report>;
  if (typeof title !== 'string') throw unreadable(`PUT ${path}`);
  return current ? 'updated' : 'created';
}

/** Returns whether anything was changed. */
async function annotate(
  repository: RepositoryClient,
  path: string,
  wanted: readonly Annotation[],
  isNew: boolean,
): Promise<boolean> {
  const current = isNew ? [] : await annotationsAt(repository, path);
  if (isDeepStrictEqual(sorted(current), sorted(wanted))) return false;
  if (current.length > 0) await repository.write({ method: 'DELETE', path });
  if (wanted.length > 0) await repository.write({ method: 'POST', path, body: { annotations: wanted } });
  return true;
}

async function annotationsAt(repository: RepositoryClient, path: string): Promise<readonly Annotation[]> {
  const { annotations } = (await repository.at(path)) as { readonly annotations?: unknown };
  if (!Array.isArray(annotations)) throw unreadable(`GET ${path}`);
  return annotations as Annotation[];
}

function sorted(annotations: readonly Annotation[]): string[] {
  return annotations.map(({ path, line, message, severity }) => JSON.stringify([path, line, message, severity])).sort();
}

function isEqual(current: object, wanted: Report): boolean {
  const { title, details, result, reporter, link, data } = current as Partial<Report>;
  const plain = (report: Partial<Report>) => JSON.stringify(report);
  const values = (data ?? []).map(({ title: name, type, value }) => ({ title: name, type, value }));
  return plain({ title, details, result, reporter, link, data: values } as Partial<Report>) === plain(wanted);
}

/** Only the account that created a report may replace it. */
function asForeignReport(error: unknown): never {
  if (!hasCode(error, 'permission_missing')) throw error;
  const message = `${error.message}; only the account that created a report may replace it`;
  throw new ProviderError('permission_missing', message, { cause: error });
}
