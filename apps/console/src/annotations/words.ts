import type { OperationState, ScmOperation } from '@integrations/contracts';
import type { Tone } from '../ui/badge';

export const OPERATION_NAMES: Readonly<Record<ScmOperation, string>> = {
  comment: 'comment',
  status: 'status',
  check_run: 'check run',
  publish: 'publish',
};

export const STATE_NAMES: Readonly<Record<OperationState, string>> = {
  queued: 'queued',
  running: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  parked_offline: 'parked offline',
  superseded: 'superseded',
  cancelled: 'cancelled',
};

export const STATE_TONES: Readonly<Record<OperationState, Tone>> = {
  queued: 'active',
  running: 'active',
  succeeded: 'good',
  failed: 'bad',
  parked_offline: 'warn',
  superseded: 'neutral',
  cancelled: 'neutral',
};

/** A commit's SHA as vendors abbreviate it. */
export function shortSha(sha: string): string {
  return sha.slice(0, 7);
}
