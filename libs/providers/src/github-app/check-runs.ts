import type { ScmCheckRunRequest, ScmCheckRunResponse, WriteOutcome } from '@integrations/contracts';
import type { AnnotationContext, CheckRunRef } from '@integrations/provider-kit';
import { type Annotation, type CheckRunPlan, identityOf, planCheckRun } from './check-run-plan';
import type { GitHubClient } from '../vendors/github/client';
import { isOwnApp, type WrittenBy } from './identity';
import { MAX_BATCH } from './limits';
import { RepositoryClient, type Stored } from '../vendors/github/repository';

/** The fields we use of a check run. */
interface CheckRun extends Stored {
  readonly external_id: string | null;
  readonly url: string;
  readonly html_url: string | null;
  readonly status: string;
  readonly conclusion: string | null;
  readonly output: { readonly annotations_count: number };
  readonly app: WrittenBy | null;
}

/**
 * Creates or updates the check run of an upsert key. GitHub only appends annotations, so a run that has some can be
 * completed, but not given other content:
 * - If the newest run has the same content, only the missing part is sent, by GitHub's count of its annotations.
 * - If it is unfinished and has other content, it is rewritten. It is cancelled and replaced instead if it has
 *   annotations and the request brings a list of its own, even an empty one: the old annotations would stay.
 * - Otherwise a new run takes its place. GitHub shows the newest run of a name.
 */
export async function createCheckRun(
  client: GitHubClient,
  request: ScmCheckRunRequest,
  context: AnnotationContext,
): Promise<ScmCheckRunResponse> {
  const { owner, repository } = request;
  const github = new RepositoryClient(client, { owner, repository, permission: 'checks' }, context.signal);
  const plan = planCheckRun(request, context.upsertKey);
  const newest = await newestRun(github, request, plan.identity, client.config.appId);

  const isSame = newest?.external_id === plan.externalId;
  if (isSame && isFinished(newest, plan)) return responseOf('unchanged', newest, plan);

  const posted = isSame ? newest.output.annotations_count : 0;
  if (plan.annotations.length - posted > MAX_BATCH) await context.halfMade?.();
  if (isSame) return responseOf('updated', await fill(github, newest, posted, plan), plan);
  if (newest && newest.status !== 'completed') {
    const mustReplace = newest.output.annotations_count > 0 && request.annotations !== undefined;
    if (!mustReplace) return responseOf('updated', await fill(github, newest, 0, plan), plan);
    await cancel(github, newest, plan.identity, request.name, 'A newer result for this commit replaced it.');
  }
  return responseOf('created', await create(github, request, plan), plan);
}

/** The run's annotations stay, because GitHub cannot remove them. */
export async function cancelCheckRun(
  client: GitHubClient,
  run: CheckRunRef & { readonly summary: string },
  { upsertKey, signal }: AnnotationContext,
): Promise<void> {
  const { owner, repository, headSha, name, summary } = run;
  const github = new RepositoryClient(client, { owner, repository, permission: 'checks' }, signal);
  const identity = identityOf(upsertKey, headSha);
  const newest = await newestRun(github, run, identity, client.config.appId);
  if (newest && newest.status !== 'completed') await cancel(github, newest, identity, name, summary);
}

/** Changes `external_id`, so that a repeat of the request creates a new run. */
async function cancel(
  github: RepositoryClient,
  { id }: CheckRun,
  identity: string,
  title: string,
  summary: string,
): Promise<void> {
  const state = { status: 'completed', conclusion: 'cancelled' };
  await github.patch(`/check-runs/${id}`, {
    external_id: `${identity}.cancelled`,
    ...state,
    output: { title, summary },
  });
}

/** Uses `filter=all`: `latest` goes by completion time and would hide a run that is still being filled. */
async function newestRun(
  github: RepositoryClient,
  { headSha, name }: CheckRunRef,
  identity: string,
  appId: string,
): Promise<CheckRun | undefined> {
  const query = { check_name: name, filter: 'all' };
  let newest: CheckRun | undefined;
  for await (const run of github.list<CheckRun>(`/commits/${headSha}/check-runs`, query, 'check_runs')) {
    if (!run.external_id?.startsWith(`${identity}.`) || !isOwnApp(run.app, appId)) continue;
    if (!newest || run.id > newest.id) newest = run;
  }
  return newest;
}

/** The conclusion is sent with the last annotations, so a completed run has them all. */
function isFinished(run: CheckRun, plan: CheckRunPlan): boolean {
  if (run.status !== plan.status || run.conclusion !== plan.conclusion) return false;
  return run.status === 'completed' || run.output.annotations_count >= plan.annotations.length;
}

async function create(github: RepositoryClient, request: ScmCheckRunRequest, plan: CheckRunPlan): Promise<CheckRun> {
  const run = await github.post<CheckRun>('/check-runs', firstPart(request, plan));
  return plan.annotations.length > MAX_BATCH ? fill(github, run, MAX_BATCH, plan) : run;
}

/** Sends the annotations from index `posted` on; the last request also carries the conclusion. */
async function fill(github: RepositoryClient, run: CheckRun, posted: number, plan: CheckRunPlan): Promise<CheckRun> {
  let filled = run;
  let from = posted;
  do {
    filled = await github.patch<CheckRun>(`/check-runs/${run.id}`, part(plan, from));
    from += MAX_BATCH;
  } while (from < plan.annotations.length);
  return filled;
}

/** The body that creates a run: the whole plan, or its first annotations. */
export function firstPart({ name, headSha }: ScmCheckRunRequest, plan: CheckRunPlan): object {
  return { name, head_sha: headSha, ...part(plan, 0) };
}

/** The bodies of the following updates, in order. */
export function furtherParts(plan: CheckRunPlan): object[] {
  const parts: object[] = [];
  for (let from = MAX_BATCH; from < plan.annotations.length; from += MAX_BATCH) parts.push(part(plan, from));
  return parts;
}

/** The body of one request. JSON drops its undefined fields. */
function part(plan: CheckRunPlan, from: number): object {
  const annotations: readonly Annotation[] = plan.annotations.slice(from, from + MAX_BATCH);
  const isLast = from + MAX_BATCH >= plan.annotations.length;
  const finishes = isLast || plan.status !== 'completed';
  return {
    external_id: plan.externalId,
    details_url: plan.detailsUrl,
    started_at: plan.startedAt,
    status: finishes ? plan.status : 'in_progress',
    conclusion: finishes ? (plan.conclusion ?? undefined) : undefined,
    output: plan.output && { ...plan.output, ...(annotations.length > 0 ? { annotations } : {}) },
  };
}

function responseOf(outcome: WriteOutcome, run: CheckRun, plan: CheckRunPlan): ScmCheckRunResponse {
  const { status, conclusion, annotations, truncated } = plan;
  return {
    outcome,
    checkRunId: String(run.id),
    url: run.html_url ?? run.url,
    status,
    conclusion,
    annotationsPosted: annotations.length,
    truncated,
  };
}
