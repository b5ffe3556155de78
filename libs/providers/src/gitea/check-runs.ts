import type { ScmCheckRunRequest, ScmCheckRunResponse, Truncation, WriteOutcome } from '@integrations/contracts';
import {
  type AnnotationContext,
  keepCheckRunNote,
  overallOutcome,
  remarkSet,
  unremarked,
} from '@integrations/provider-kit';
import { type CheckRunPlan, planCheckRun } from './check-run-plan';
import type { GiteaClient } from './client';
import { commentsOf } from './comments';
import { bringRemarksUpToDate } from './inline-comments';
import { type Pull, pullsWithHead } from './pull-requests';
import { RepositoryClient } from './repository';
import { report } from './statuses';

/** What became of the parts of a run on one pull request. */
interface Conversation {
  readonly outcomes: readonly WriteOutcome[];
  readonly truncated: readonly Truncation[];
}

/**
 * Brings what stands for the check run of an upsert key to what the request says: the conclusion first, then, on the open
 * pull requests that have the commit for a head, its remarks and its comment. What earlier runs remarked and this one does
 * not is settled once the run is complete. A conversation that is locked, or to be left alone, is: the conclusion stands
 * without it.
 */
export async function createCheckRun(
  client: GiteaClient,
  request: ScmCheckRunRequest,
  { upsertKey, signal, leaveAlone }: AnnotationContext,
): Promise<ScmCheckRunResponse> {
  const repository = new RepositoryClient(client, request, signal);
  const plan = planCheckRun(request);
  const { annotations = [], headSha } = request;
  const reported = await report(repository, { ...request, sha: headSha }, plan.statusBody);
  const pulls = (await pullsWithHead(repository, headSha)).filter(
    ({ number, is_locked }) => !is_locked && number !== leaveAlone,
  );
  const conversations: Conversation[] = [];
  for (const pull of pulls) conversations.push(await discuss(repository, pull, request, plan, upsertKey));
  return {
    outcome: overallOutcome([reported.outcome, ...conversations.flatMap(({ outcomes }) => outcomes)]),
    checkRunId: reported.id,
    url: reported.url,
    status: plan.status,
    conclusion: plan.conclusion,
    annotationsPosted: pulls.length > 0 ? annotations.length : 0,
    truncated: conversations.flatMap(({ truncated }) => truncated),
  };
}

async function discuss(
  repository: RepositoryClient,
  { number }: Pull,
  request: ScmCheckRunRequest,
  plan: CheckRunPlan,
  upsertKey: string,
): Promise<Conversation> {
  const target = { ...request, pullRequestNumber: number };
  const policy = plan.status === 'completed' ? 'resolve' : 'keep';
  const set = remarkSet('check_run', upsertKey, plan.comments);
  const { comments, outdated } = await bringRemarksUpToDate(repository, target, set, policy);

  const run = { request, state: plan, upsertKey, unplaced: unremarked(plan, comments) };
  const note = await keepCheckRunNote(commentsOf(repository, number), run);
  const placed = comments.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'unplaced');
  return {
    outcomes: [...placed, ...(note ? [note.outcome] : []), ...(outdated > 0 ? ['updated' as const] : [])],
    truncated: note?.truncated ?? [],
  };
}
