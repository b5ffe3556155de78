import type { DependentView, IntegrationView } from '@integrations/contracts';
import { Confirm } from '../../ui/confirm';
import { Problem } from '../../ui/problem';
import type { Attempt } from './change';
import { useDependents } from './dependents';
import { showPresent } from './use-integration';

interface DeleteDialogProps {
  readonly of: IntegrationView;
  readonly attempt: Attempt;
  readonly onClose: () => void;
}

/** Deletes an integration; by force where others rely on it, who are shown first. */
export function DeleteDialog({ of, attempt, onClose }: DeleteDialogProps) {
  const { data: dependents = [], error } = useDependents(of.id);
  const relied = dependents.length > 0;
  // Where somebody has come to rely on it since, it is refused, and they are shown before it is deleted by force.
  const remove = async () => {
    const isGone = await attempt(of, { method: 'DELETE', query: { force: relied || null } });
    // Before all is asked anew, which would find out bit by bit that it is gone.
    if (isGone) await showPresent(of.id);
    return isGone;
  };
  return (
    <Confirm
      title={`Delete ${of.name}?`}
      act={relied ? 'Delete anyway' : 'Delete'}
      danger
      onConfirm={remove}
      onClose={onClose}
    >
      <p>It is neither checked nor posted through any more. Until it is purged, it can be restored as it is now.</p>
      {error && <Problem error={error} />}
      {relied && <ReliedOn by={dependents} />}
    </Confirm>
  );
}

function ReliedOn({ by }: { by: readonly DependentView[] }) {
  return (
    <div className="notice warn" role="alert">
      <strong>Others rely on it</strong>
      <ul>
        {by.map(({ consumer, note }) => (
          <li key={consumer}>
            <code>{consumer}</code> {note}
          </li>
        ))}
      </ul>
    </div>
  );
}
