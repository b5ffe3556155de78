import type { OutdatedPolicy, ScmCheckRunRequest, ScmCheckRunResponse } from '@integrations/contracts';
import { type AnnotationContext, keepCheckRun, type RemarkSet } from '@integrations/provider-kit';
import { planCheckRun } from './check-run-plan';
import type { GitLabClient } from '../vendors/gitlab/client';
import { bringRemarksUpToDate } from './inline-comments';
import { mergeRequestsOf } from './merge-requests';
import { notesOf } from './notes';
import { ProjectClient } from './project';
import { report } from './statuses';

/**
 * Creates or updates our substitute for a check run: first the conclusion, as a commit status, then the remarks and the
 * note on the open merge requests whose head is the commit. Remarks of earlier runs that this run does not repeat are
 * resolved once the run is complete. A merge request whose discussion is locked, or that the context says to leave
 * alone, is skipped: it gets the conclusion only.
 */
export async function createCheckRun(
  client: GitLabClient,
  request: ScmCheckRunRequest,
  { upsertKey, signal, leaveAlone, outdated }: AnnotationContext,
): Promise<ScmCheckRunResponse> {
  client.refuseJobToken('create a check run');
  const project = new ProjectClient(client, request, signal);
  const plan = planCheckRun(request);
  const reported = await report(project, { ...request, sha: request.headSha }, plan.statusBody);
  const conversations = (await mergeRequestsOf(project, request.headSha))
    .filter(({ iid, discussion_locked }) => !discussion_locked && iid !== leaveAlone)
    .map(({ iid }) => {
      const target = { ...request, pullRequestNumber: iid };
      return {
        comments: notesOf(project, target),
        remark: (set: RemarkSet, policy: OutdatedPolicy) => bringRemarksUpToDate(project, target, set, policy),
      };
    });
  const shown = await keepCheckRun({ request, plan, upsertKey, outdated }, reported, conversations);
  return { ...shown, truncated: [...plan.truncated, ...shown.truncated] };
}
