import type { IntegrationView } from '@integrations/contracts';
import { useNavigate } from 'react-router';
import { useAct } from '../../api/use-act';
import { useMay } from '../../session/session-context';
import { useAsked } from '../../session/use-asked';
import { Confirm } from '../../ui/confirm';
import { Problem } from '../../ui/problem';
import styles from './actions.module.css';
import type { Attempt, Attempts } from './change';

interface DeletedActionsProps {
  readonly integration: IntegrationView;
  readonly attempts: Attempts;
}

/** The actions on a deleted integration. */
export function DeletedActions({ integration, attempts }: DeletedActionsProps) {
  // The generation when the dialog opened, so that a concurrent change is not purged unseen.
  const [purging, setPurging] = useAsked<number>('purge');
  const { attempt, overtaken } = attempts;
  const restore = useAct(() => attempt(integration, { method: 'POST', path: '/restore' }));
  const mayWrite = useMay('integrations:write');
  if (!mayWrite) return null;
  return (
    <>
      <section className={`stack ${styles['actions']}`} aria-label="Actions" tabIndex={-1}>
        <div className="actions">
          <button type="button" className="primary" aria-disabled={restore.isPending} onClick={() => restore.mutate()}>
            Restore
          </button>
          <button type="button" className="danger" onClick={() => setPurging(integration.generation)}>
            Purge
          </button>
        </div>
        {restore.error && <Problem error={restore.error} />}
        {overtaken && <Problem error={overtaken} />}
      </section>
      {purging !== null && (
        <PurgeDialog of={{ ...integration, generation: purging }} attempt={attempt} onClose={() => setPurging(null)} />
      )}
    </>
  );
}

interface PurgeDialogProps {
  readonly of: IntegrationView;
  readonly attempt: Attempt;
  readonly onClose: () => void;
}

function PurgeDialog({ of, attempt, onClose }: PurgeDialogProps) {
  const navigate = useNavigate();
  const purge = () => attempt(of, { method: 'POST', path: '/purge' });
  const leave = (isGone: boolean) => (isGone ? void navigate('/integrations?deleted=true') : onClose());
  return (
    <Confirm title={`Purge ${of.name}?`} act="Purge" danger onConfirm={purge} onDone={leave} onClose={onClose}>
      <p>The integration and its health history are removed permanently. This cannot be undone.</p>
    </Confirm>
  );
}
