import type { ScmCheckRunRequest, ScmCheckRunResponse, Truncation, WriteOutcome } from '@integrations/contracts';
import {
  type AnnotationContext,
  keepCheckRunNote,
  overallOutcome,
  remarkSet,
  unremarked,
} from '@integrations/provider-kit';
import { type CheckRunPlan, planCheckRun } from './check-run-plan';
import type { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { commentsOf } from './comments';
import { bringRemarksUpToDate } from './inline-comments';
import { RepositoryClient } from './repository';
import { report } from './statuses';

/** What became of the parts of a run on one pull request. */
interface Conversation {
  readonly outcomes: readonly WriteOutcome[];
  readonly truncated: readonly Truncation[];
}

/**
 * Brings what stands for the check run of an upsert key to what the request says: the conclusion first, then, on the open
 * pull requests that have the commit for a head, its remarks and its comment. What earlier runs remarked and this one
 * does not is closed once the run is complete. A conversation that is to be left alone is: the conclusion stands without it.
 */
export async function createCheckRun(
  client: AzureDevOpsClient,
  request: ScmCheckRunRequest,
  { upsertKey, signal, leaveAlone }: AnnotationContext,
): Promise<ScmCheckRunResponse> {
  const plan = planCheckRun(request);
  const repository = new RepositoryClient(client, request, signal);
  const reported = await report(repository, request.headSha, plan.statusBody);
  const conversations: Conversation[] = [];
  const pullRequests = reported.pullRequests.filter((number) => number !== leaveAlone);
  for (const pullRequest of pullRequests) {
    conversations.push(await discuss(repository, pullRequest, request, plan, upsertKey));
  }
  const { status, conclusion, truncated } = plan;
  return {
    outcome: overallOutcome([reported.outcome, ...conversations.flatMap(({ outcomes }) => outcomes)]),
    checkRunId: reported.id,
    url: reported.url,
    status,
    conclusion,
    annotationsPosted: pullRequests.length > 0 ? (request.annotations ?? []).length : 0,
    truncated: [...truncated, ...conversations.flatMap((one) => one.truncated)],
  };
}

async function discuss(
  repository: RepositoryClient,
  pullRequestNumber: number,
  request: ScmCheckRunRequest,
  plan: CheckRunPlan,
  upsertKey: string,
): Promise<Conversation> {
  const { headSha } = request;
  const policy = plan.status === 'completed' ? 'resolve' : 'keep';
  const set = remarkSet('check_run', upsertKey, plan.comments);
  const remarked = await bringRemarksUpToDate(repository, { pullRequestNumber, headSha }, set, policy);

  const run = { request, state: plan, upsertKey, unplaced: unremarked(plan, remarked.comments) };
  const note = await keepCheckRunNote(commentsOf(repository, pullRequestNumber), run);
  const outcomes = remarked.comments.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'unplaced');
  return {
    outcomes: [...outcomes, ...(note ? [note.outcome] : []), ...(remarked.outdated > 0 ? ['updated' as const] : [])],
    truncated: note?.truncated ?? [],
  };
}
