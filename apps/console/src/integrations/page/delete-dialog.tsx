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

/** Deletes an integration. If it has dependents, shows them first, then deletes with `force`. */
export function DeleteDialog({ of, attempt, onClose }: DeleteDialogProps) {
  const { data: dependents = [], error } = useDependents(of.id);
  const relied = dependents.length > 0;
  // If a dependent was added meanwhile, the API refuses, and the dialog shows it before the user can force the
  // deletion.
  const remove = async () => {
    const isGone = await attempt(of, { method: 'DELETE', query: { force: relied || null } });
    // Refresh the page first: otherwise each query would find out separately that the integration is gone.
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
      <p>
        It is no longer checked, and nothing is posted through it. You can restore it as it is now until it is purged.
      </p>
      {error && <Problem error={error} />}
      {relied && <ReliedOn by={dependents} />}
    </Confirm>
  );
}

function ReliedOn({ by }: { by: readonly DependentView[] }) {
  return (
    <div className="notice warn" role="alert">
      <strong>Consumers depend on it</strong>
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
