import type { OperationState, ScmOperationView } from '@integrations/contracts';

/** What people do with an operation of the ledger. */
export type Command = 'retry' | 'cancel';

export interface Asked {
  readonly command: Command;
  readonly operation: ScmOperationView;
}

export interface Commanded {
  readonly command: Command;
  /** As the API answered. */
  readonly operation: ScmOperationView;
}

const STATES: Readonly<Record<Command, readonly OperationState[]>> = {
  retry: ['failed', 'parked_offline'],
  cancel: ['queued', 'parked_offline'],
};

/** Whether the API takes it in that state; one that is about to end is not to be taken back again. */
export function isPossible(command: Command, { state, ending }: Pick<ScmOperationView, 'state' | 'ending'>): boolean {
  if (command === 'cancel' && ending !== null) return false;
  return STATES[command].includes(state);
}

/** What the act came to, in words. */
export function resultOf({ command, operation: { state, ending } }: Commanded): string {
  if (state === 'superseded') return 'superseded: something newer took its place, so it is not posted.';
  if (command === 'cancel' && state !== 'cancelled')
    return 'is cancelled once the check run that it began is concluded.';
  if (command === 'cancel') return 'cancelled.';
  return ending === null ? 'queued; a dispatcher posts it now.' : `queued, to end as ${ending}.`;
}
