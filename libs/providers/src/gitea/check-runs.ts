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
 * Creates or updates our substitute for a check run: first the conclusion, as a commit status, then the remarks and the
 * comment on the open pull requests whose head is the commit. Remarks of earlier runs that this run does not repeat are
 * settled once the run is complete. A pull request whose conversation is locked, or that the context says to leave
 * alone, is skipped: it gets the conclusion only.
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
