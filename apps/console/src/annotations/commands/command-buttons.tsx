import type { ScmOperationView } from '@integrations/contracts';
import { useMay } from '../../session/session-context';
import { targetOf } from '../target';
import { OPERATION_NAMES } from '../words';
import { isPossible } from './command';
import styles from './command-buttons.module.css';
import type { Ask } from './with-commands';

/** What the state of the operation and the token's scopes allow. */
export function CommandButtons({ operation, ask }: { operation: ScmOperationView; ask: Ask }) {
  const mayWrite = useMay('annotations:write');
  if (!mayWrite) return null;
  const name = `${OPERATION_NAMES[operation.operation]} on ${targetOf(operation)}`;
  return (
    <div className={styles['buttons']}>
      {isPossible('retry', operation) && (
        <button type="button" aria-label={`Retry ${name}`} onClick={() => ask({ command: 'retry', operation })}>
          Retry
        </button>
      )}
      {isPossible('cancel', operation) && (
        <button type="button" aria-label={`Cancel ${name}`} onClick={() => ask({ command: 'cancel', operation })}>
          Cancel
        </button>
      )}
    </div>
  );
}
