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
  // Also reported if the user has closed the dialog in the meantime.
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
        {command === 'retry' ? ' is queued and posted now.' : ' is cancelled and will not be posted.'}
      </p>
      {command === 'retry' && <BeforeRetry operation={operation} />}
    </Confirm>
  );
}

function BeforeRetry({ operation: { state, outcome } }: { operation: ScmOperationView }) {
  if (state === 'parked_offline') return <p>It is parked again if posting is still offline.</p>;
  return (
    <p>
      It failed with <code>{outcome?.errorCode}</code>: {outcome?.errorMessage}. Fix the cause first.
    </p>
  );
}
