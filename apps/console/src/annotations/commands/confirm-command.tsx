import type { ScmOperationView } from '@integrations/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { callApi } from '../../api/call';
import { Confirm } from '../../ui/confirm';
import { targetOf } from '../target';
import { OPERATION_NAMES } from '../words';
import type { Asked, Command, Commanded } from './command';

interface ConfirmCommandProps {
  readonly asked: Asked;
  /** With what was done, or null if nothing was. */
  readonly onClose: (done: Commanded | null) => void;
}

const TITLES: Readonly<Record<Command, string>> = { retry: 'Post again', cancel: 'Cancel operation' };

export function ConfirmCommand({ asked: { command, operation }, onClose }: ConfirmCommandProps) {
  const client = useQueryClient();
  const done = useRef<Commanded | null>(null);
  const perform = async () => {
    const path = `/annotations/${operation.operationId}/${command}`;
    try {
      done.current = { command, operation: await callApi<ScmOperationView>(path, { method: 'POST' }) };
    } catch (error) {
      // Mostly its state is no longer the one that is shown.
      void client.invalidateQueries({ queryKey: ['/annotations'] });
      throw error;
    }
  };
  return (
    <Confirm
      title={TITLES[command]}
      act={command === 'retry' ? 'Retry' : 'Cancel operation'}
      danger={command === 'cancel'}
      dismiss={command === 'retry' ? 'Cancel' : 'Keep it'}
      onConfirm={perform}
      onClose={() => onClose(done.current)}
    >
      <p>
        The {OPERATION_NAMES[operation.operation]} on <strong>{targetOf(operation)}</strong>
        {command === 'retry' ? ' is queued and posted now.' : ' is taken back and not posted any more.'}
      </p>
      {command === 'retry' && <BeforeRetry operation={operation} />}
    </Confirm>
  );
}

function BeforeRetry({ operation: { state, outcome } }: { operation: ScmOperationView }) {
  if (state === 'parked_offline') return <p>It is parked again if posting is still off.</p>;
  return (
    <p>
      It failed with <code>{outcome?.errorCode}</code>: {outcome?.errorMessage}. Remedy that first.
    </p>
  );
}
