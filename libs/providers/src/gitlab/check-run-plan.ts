import type { ScmCheckRunRequest, Truncation } from '@integrations/contracts';
import {
  checkRunStatusName,
  type EmulatedCheckRun,
  emulatedCheckRun,
  truncatedOfRun,
} from '@integrations/provider-kit';
import { MAX_REMARKS_OF_CHECK_RUN, MAX_STATUS_TEXT } from './limits';
import { stateOfRun } from './states';
import { type StatusBody, statusBody } from './statuses';

/** Our substitute for a check run, which GitLab does not have. */
export interface CheckRunPlan extends EmulatedCheckRun {
  readonly statusBody: StatusBody;
  readonly truncated: readonly Truncation[];
}

/** Throws ProviderError `invalid_request` if status and conclusion contradict each other. */
export function planCheckRun(request: ScmCheckRunRequest): CheckRunPlan {
  const run = emulatedCheckRun(request, MAX_REMARKS_OF_CHECK_RUN);
  const name = checkRunStatusName(request.name, MAX_STATUS_TEXT);
  const state = stateOfRun(run.status, run.conclusion);
  const { body, truncated } = statusBody(state, name, {
    description: run.description,
    targetUrl: request.detailsUrl,
  });
  return {
    ...run,
    statusBody: body,
    truncated: truncatedOfRun(truncated),
  };
}
