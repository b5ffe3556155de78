import type { ScmOperationView } from '@integrations/contracts';
import { callApi } from '../../api/call';
import { Confirm } from '../../ui/confirm';
import { targetOf } from '../target';
import { OPERATION_NAMES } from '../words';
import type { Asked, Command, Commanded } from './command';

interface ConfirmCommandProps {
  readonly asked: Asked;
  readonly onDone: (done: Commanded) => void;
  readonly onClose: () => void;
}

const TITLES: Readonly<Record<Command, string>> = { retry: 'Post again', cancel: 'Cancel operation' };

export function ConfirmCommand({ asked: { command, operation }, onDone, onClose }: ConfirmCommandProps) {
  // Told also to whoever closes the window meanwhile.
  const perform = async () => {
    const path = `/annotations/${operation.operationId}/${command}`;
    onDone({ command, operation: await callApi<ScmOperationView>(path, { method: 'POST' }) });
  };
  return (
    <Confirm
      title={TITLES[command]}
      act={command === 'retry' ? 'Retry' : 'Cancel operation'}
      danger={command === 'cancel'}
      dismiss={command === 'retry' ? 'Cancel' : 'Keep it'}
      onConfirm={perform}
      onClose={onClose}
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
