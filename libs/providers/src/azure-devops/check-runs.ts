import type { OutdatedPolicy, ScmCheckRunRequest, ScmCheckRunResponse } from '@integrations/contracts';
import { type AnnotationContext, keepCheckRun, type RemarkSet } from '@integrations/provider-kit';
import { planCheckRun } from './check-run-plan';
import type { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { commentsOf } from './comments';
import { bringRemarksUpToDate } from './inline-comments';
import { RepositoryClient } from './repository';
import { report } from './statuses';

/**
 * Creates or updates our substitute for a check run: first the conclusion, as a status, then the remarks and the
 * comment on the open pull requests whose head is the commit. Remarks of earlier runs that this run does not repeat are
 * closed once the run is complete. A pull request that the context says to leave alone gets the conclusion only.
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
