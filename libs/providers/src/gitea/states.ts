import type { CheckRunConclusion, CommitState } from '@integrations/contracts';

/** Gitea also has `warning` and `skipped`, but whether these block a merge depends on its version. */
const STATE_OF_CONCLUSION: Readonly<Record<CheckRunConclusion, CommitState>> = {
  success: 'success',
  neutral: 'success',
  skipped: 'success',
  failure: 'failure',
  action_required: 'failure',
  timed_out: 'error',
  cancelled: 'error',
};

/** A run without a conclusion is unfinished. */
export function stateOfRun(conclusion: CheckRunConclusion | null): CommitState {
  return conclusion ? STATE_OF_CONCLUSION[conclusion] : 'pending';
}
