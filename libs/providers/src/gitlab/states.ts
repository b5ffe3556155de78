import type { CheckRunConclusion, CheckRunStatus, CommitState } from '@integrations/contracts';

/** The states of a commit status that we set. Not all versions of GitLab know `skipped`. */
export type JobState = 'pending' | 'running' | 'success' | 'failed' | 'canceled';

export const STATE_OF_STATUS: Readonly<Record<CommitState, JobState>> = {
  pending: 'pending',
  success: 'success',
  failure: 'failed',
  error: 'failed',
};

const STATE_OF_CONCLUSION: Readonly<Record<CheckRunConclusion, JobState>> = {
  success: 'success',
  neutral: 'success',
  skipped: 'success',
  failure: 'failed',
  timed_out: 'failed',
  action_required: 'failed',
  cancelled: 'canceled',
};

export function stateOfRun(status: CheckRunStatus, conclusion: CheckRunConclusion | null): JobState {
  if (conclusion) return STATE_OF_CONCLUSION[conclusion];
  return status === 'in_progress' ? 'running' : 'pending';
}

/** An unfinished status is updated in place; after its end, a further one is a new job. */
export function isUnfinished(state: string): boolean {
  return state === 'pending' || state === 'running';
}
