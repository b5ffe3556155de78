import type { CheckRunConclusion, CheckRunStatus, ScmCheckRunRequest } from '@integrations/contracts';
import { ProviderError } from '../provider-error';

export interface CheckRunState {
  readonly status: CheckRunStatus;
  readonly conclusion: CheckRunConclusion | null;
}

/** Throws ProviderError `invalid_request` if status and conclusion contradict each other. */
export function checkRunState({ status, conclusion }: ScmCheckRunRequest): CheckRunState {
  if (status === 'completed' && !conclusion) {
    throw new ProviderError('invalid_request', 'conclusion: is required when status is completed');
  }
  if (conclusion && status && status !== 'completed') {
    throw new ProviderError('invalid_request', `conclusion: a run that is ${status} has none yet`);
  }
  return { status: conclusion ? 'completed' : (status ?? 'queued'), conclusion: conclusion ?? null };
}
