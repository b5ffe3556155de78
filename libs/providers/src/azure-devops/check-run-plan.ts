import type { ScmCheckRunRequest } from '@integrations/contracts';
import { checkRunStatusName, type EmulatedCheckRun, emulatedCheckRun } from '@integrations/provider-kit';
import { MAX_REMARKS_OF_CHECK_RUN, MAX_STATUS_TEXT } from './limits';
import { stateOfRun } from './states';
import { type StatusBody, statusBody } from './statuses';

/** What stands for a check run, of which Azure DevOps has none. */
export interface CheckRunPlan extends EmulatedCheckRun {
  readonly statusBody: StatusBody;
}

/** Throws ProviderError `invalid_request` where status and conclusion contradict each other. */
export function planCheckRun(request: ScmCheckRunRequest): CheckRunPlan {
  const run = emulatedCheckRun(request, MAX_REMARKS_OF_CHECK_RUN);
  const name = checkRunStatusName(request.name, MAX_STATUS_TEXT);
  const { body } = statusBody(stateOfRun(run.conclusion), name, {
    description: run.description,
    targetUrl: request.detailsUrl,
  });
  // What is cut of the description, the comment says in full.
  return { ...run, statusBody: body };
}
