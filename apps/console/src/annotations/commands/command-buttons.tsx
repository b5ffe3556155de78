import type { ScmOperationView } from '@integrations/contracts';
import { useMay } from '../../session/session-context';
import { wordsOf } from '../target';
import { isPossible } from './command';
import type { Ask } from './with-commands';

/** Buttons for the commands that the operation's state and the token's scopes allow. */
export function CommandButtons({ operation, ask }: { operation: ScmOperationView; ask: Ask }) {
  const mayWrite = useMay('annotations:write');
  if (!mayWrite) return null;
  const name = wordsOf(operation);
  return (
    <div className="actions">
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
