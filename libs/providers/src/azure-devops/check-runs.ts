import type { OutdatedPolicy, ScmCheckRunRequest, ScmCheckRunResponse } from '@integrations/contracts';
import { type AnnotationContext, keepCheckRun, type RemarkSet } from '@integrations/provider-kit';
import { planCheckRun } from './check-run-plan';
import type { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { commentsOf } from './comments';
import { bringRemarksUpToDate } from './inline-comments';
import { RepositoryClient } from './repository';
import { report } from './statuses';

/**
 * Brings what stands for the check run of an upsert key to what the request says: the conclusion first, then, on the open
 * pull requests that have the commit for a head, its remarks and its comment. What earlier runs remarked and this one
 * does not is closed once the run is complete. A conversation that is to be left alone is: the conclusion stands without it.
 */
export async function createCheckRun(
  client: AzureDevOpsClient,
  request: ScmCheckRunRequest,
  { upsertKey, signal, leaveAlone, outdated }: AnnotationContext,
): Promise<ScmCheckRunResponse> {
  const plan = planCheckRun(request);
  const repository = new RepositoryClient(client, request, signal);
  const reported = await report(repository, request.headSha, plan.statusBody);
  const conversations = reported.pullRequests
    .filter((number) => number !== leaveAlone)
    .map((pullRequestNumber) => {
      const target = { pullRequestNumber, headSha: request.headSha };
      return {
        comments: commentsOf(repository, pullRequestNumber),
        remark: (set: RemarkSet, policy: OutdatedPolicy) => bringRemarksUpToDate(repository, target, set, policy),
      };
    });
  return keepCheckRun({ request, plan, upsertKey, outdated }, reported, conversations);
}
