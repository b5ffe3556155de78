import type { ScmCheckRunRequest, ScmCheckRunResponse } from '@integrations/contracts';
import { type AnnotationContext, keepCheckRun, overallOutcome, type ShownCheckRun } from '@integrations/provider-kit';
import { planCheckRun } from './check-run-plan';
import type { GiteaClient } from './client';
import { commentsOf } from './comments';
import { bringRemarksUpToDate } from './inline-comments';
import { pullsWithHead } from './pull-requests';
import { RepositoryClient } from './repository';
import { report } from './statuses';

/**
 * Brings what stands for the check run of an upsert key to what the request says: the conclusion first, then, on the open
 * pull requests that have the commit for a head, its remarks and its comment. What earlier runs remarked and this one does
 * not is settled once the run is complete. A conversation that is locked, or to be left alone, is: the conclusion stands
 * without it.
 */
export async function createCheckRun(
  client: GiteaClient,
  request: ScmCheckRunRequest,
  { upsertKey, signal, leaveAlone, outdated }: AnnotationContext,
): Promise<ScmCheckRunResponse> {
  const repository = new RepositoryClient(client, request, signal);
  const plan = planCheckRun(request);
  const { annotations = [], headSha } = request;
  const reported = await report(repository, { ...request, sha: headSha }, plan.statusBody);
  const pulls = (await pullsWithHead(repository, headSha)).filter(
    ({ number, is_locked }) => !is_locked && number !== leaveAlone,
  );
  const run = { request, plan, upsertKey, outdated };
  const conversations: ShownCheckRun[] = [];
  for (const { number } of pulls) {
    const target = { ...request, pullRequestNumber: number };
    conversations.push(
      await keepCheckRun(run, {
        comments: commentsOf(repository, number),
        remark: (set, policy) => bringRemarksUpToDate(repository, target, set, policy),
      }),
    );
  }
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
