import type { OutdatedPolicy, ScmCheckRunRequest, ScmCheckRunResponse } from '@integrations/contracts';
import { type AnnotationContext, keepCheckRun, type RemarkSet } from '@integrations/provider-kit';
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
  const { headSha } = request;
  const reported = await report(repository, { ...request, sha: headSha }, plan.statusBody);
  const conversations = (await pullsWithHead(repository, headSha))
    .filter(({ number, is_locked }) => !is_locked && number !== leaveAlone)
    .map(({ number }) => {
      const target = { ...request, pullRequestNumber: number };
      return {
        comments: commentsOf(repository, number),
        remark: (set: RemarkSet, policy: OutdatedPolicy) => bringRemarksUpToDate(repository, target, set, policy),
      };
    });
  return keepCheckRun({ request, plan, upsertKey, outdated }, reported, conversations);
}
