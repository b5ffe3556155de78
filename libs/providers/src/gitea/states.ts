import type { CheckRunConclusion, CommitState } from '@integrations/contracts';

/** Gitea has `warning` and `skipped` beside; whether these hold a merge up depends on its version. */
const STATE_OF_CONCLUSION: Readonly<Record<CheckRunConclusion, CommitState>> = {
  success: 'success',
  neutral: 'success',
  skipped: 'success',
  failure: 'failure',
  action_required: 'failure',
  timed_out: 'error',
  cancelled: 'error',
};

/** A run without a conclusion is not through yet. */
export function stateOfRun(conclusion: CheckRunConclusion | null): CommitState {
  return conclusion ? STATE_OF_CONCLUSION[conclusion] : 'pending';
}
