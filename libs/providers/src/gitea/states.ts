import type { CheckRunConclusion, CommitState } from '@integrations/contracts';

/** Gitea's states of a commit status that we set; it has `warning` and `skipped` beside, which hold a merge up or not by version. */
export type StatusState = CommitState;

const STATE_OF_CONCLUSION: Readonly<Record<CheckRunConclusion, StatusState>> = {
  success: 'success',
  neutral: 'success',
  skipped: 'success',
  failure: 'failure',
  action_required: 'failure',
  timed_out: 'error',
  cancelled: 'error',
};

/** A run without a conclusion is not through yet. */
export function stateOfRun(conclusion: CheckRunConclusion | null): StatusState {
  return conclusion ? STATE_OF_CONCLUSION[conclusion] : 'pending';
}
