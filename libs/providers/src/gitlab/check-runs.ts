import type { ScmCheckRunRequest, ScmCheckRunResponse, Truncation, WriteOutcome } from '@integrations/contracts';
import {
  type AnnotationContext,
  keepCheckRunNote,
  overallOutcome,
  remarkSet,
  unremarked,
} from '@integrations/provider-kit';
import { type CheckRunPlan, planCheckRun } from './check-run-plan';
import type { GitLabClient } from '../vendors/gitlab/client';
import { bringRemarksUpToDate } from './inline-comments';
import { type MergeRequest, mergeRequestsOf } from './merge-requests';
import { notesOf } from './notes';
import { ProjectClient } from './project';
import { report } from './statuses';

/** What became of the parts of a run on one merge request. */
interface Conversation {
  readonly outcomes: readonly WriteOutcome[];
  readonly posted: number;
  readonly truncated: readonly Truncation[];
}

/**
 * Brings what stands for the check run of an upsert key to what the request says: the conclusion first, then, on the open
 * merge requests that have the commit for a head, its remarks and its note. What earlier runs remarked and this one does
 * not is resolved once the run is complete. A conversation that is locked, or to be left alone, is: the conclusion stands
 * without it.
 */
export async function createCheckRun(
  client: GitLabClient,
  request: ScmCheckRunRequest,
  { upsertKey, signal, leaveAlone }: AnnotationContext,
): Promise<ScmCheckRunResponse> {
  client.refuseJobToken('create a check run');
  const project = new ProjectClient(client, request, signal);
  const plan = planCheckRun(request);
  const reported = await report(project, { ...request, sha: request.headSha }, plan.statusBody);
  const conversations: Conversation[] = [];
  for (const mergeRequest of await mergeRequestsOf(project, request.headSha)) {
    if (mergeRequest.discussion_locked || mergeRequest.iid === leaveAlone) continue;
    conversations.push(await discuss(project, mergeRequest, request, plan, upsertKey));
  }
  const { status, conclusion, truncated } = plan;
  return {
    outcome: overallOutcome([reported.outcome, ...conversations.flatMap(({ outcomes }) => outcomes)]),
    checkRunId: reported.id,
    url: reported.url,
    status,
    conclusion,
    annotationsPosted: Math.max(0, ...conversations.map(({ posted }) => posted)),
    truncated: [...truncated, ...conversations.flatMap((one) => one.truncated)],
  };
}

async function discuss(
  project: ProjectClient,
  { iid: pullRequestNumber }: MergeRequest,
  request: ScmCheckRunRequest,
  plan: CheckRunPlan,
  upsertKey: string,
): Promise<Conversation> {
  const { owner, repository, headSha, annotations = [] } = request;
  const target = { owner, repository, pullRequestNumber, headSha };
  const policy = plan.status === 'completed' ? 'resolve' : 'keep';
  const set = remarkSet('check_run', upsertKey, plan.comments);
  const { comments, outdated } = await bringRemarksUpToDate(project, target, set, policy);

  const run = { request, state: plan, upsertKey, unplaced: unremarked(plan, comments) };
  const note = await keepCheckRunNote(notesOf(project, target), run);
  const outcomes = comments.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'unplaced');
  return {
    outcomes: [...outcomes, ...(note ? [note.outcome] : []), ...(outdated > 0 ? ['updated' as const] : [])],
    posted: annotations.length,
    truncated: note?.truncated ?? [],
  };
}
