import type { ScmCheckRunRequest } from '@integrations/contracts';
import { checkRunStatusName, type EmulatedCheckRun, emulatedCheckRun } from '@integrations/provider-kit';
import { MAX_REMARKS_OF_CHECK_RUN, MAX_STATUS_TEXT } from './limits';
import { stateOfRun } from './states';
import { type StatusBody, statusBody } from './statuses';

/** Our substitute for a check run, which Gitea does not have. */
export interface CheckRunPlan extends EmulatedCheckRun {
  readonly statusBody: StatusBody;
}

/** Throws ProviderError `invalid_request` if status and conclusion contradict each other. */
export function planCheckRun(request: ScmCheckRunRequest): CheckRunPlan {
  const run = emulatedCheckRun(request, MAX_REMARKS_OF_CHECK_RUN);
  const name = checkRunStatusName(request.name, MAX_STATUS_TEXT);
  const { body } = statusBody(stateOfRun(run.conclusion), name, {
    description: run.description,
    targetUrl: request.detailsUrl,
  });
  // Cuts of the description are not reported, because the comment contains the whole text.
  return { ...run, statusBody: body };
}
