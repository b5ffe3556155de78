import type { CheckRunConclusion, CommitState } from '@integrations/contracts';

/** The states of a status that we set. */
export type StatusState = 'pending' | 'succeeded' | 'failed' | 'error';

export const STATE_OF_STATUS: Readonly<Record<CommitState, StatusState>> = {
  pending: 'pending',
  success: 'succeeded',
  failure: 'failed',
  error: 'error',
};

const STATE_OF_CONCLUSION: Readonly<Record<CheckRunConclusion, StatusState>> = {
  success: 'succeeded',
  neutral: 'succeeded',
  skipped: 'succeeded',
  failure: 'failed',
  timed_out: 'failed',
  action_required: 'failed',
  cancelled: 'error',
};

export function stateOfRun(conclusion: CheckRunConclusion | null): StatusState {
  return conclusion ? STATE_OF_CONCLUSION[conclusion] : 'pending';
}
