import type { OperationState, ScmOperationView } from '@integrations/contracts';

/** A command on an operation of the ledger. */
export type Command = 'retry' | 'cancel';

export interface Asked {
  readonly command: Command;
  readonly operation: ScmOperationView;
}

export interface Commanded {
  readonly command: Command;
  /** The operation as the API returned it. */
  readonly operation: ScmOperationView;
}

const STATES: Readonly<Record<Command, readonly OperationState[]>> = {
  retry: ['failed', 'parked_offline'],
  cancel: ['queued', 'parked_offline'],
};

/** True if the API accepts the command in that state. An operation with an `ending` cannot be cancelled again. */
export function isPossible(command: Command, { state, ending }: Pick<ScmOperationView, 'state' | 'ending'>): boolean {
  if (command === 'cancel' && ending !== null) return false;
  return STATES[command].includes(state);
}

/** The result of a command, in words. */
export function resultOf({ command, operation: { state, ending } }: Commanded): string {
  if (state === 'superseded') return 'superseded: a newer operation replaced it, so it is not posted.';
  if (command === 'cancel' && state !== 'cancelled')
    return 'will be cancelled once the check run that it started is concluded.';
  if (command === 'cancel') return 'cancelled.';
  return ending === null ? 'queued; a dispatcher posts it now.' : `queued, to end as ${ending}.`;
}
