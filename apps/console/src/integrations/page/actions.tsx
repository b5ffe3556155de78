import type { IntegrationView } from '@integrations/contracts';
import type { ComponentProps } from 'react';
import { Link } from 'react-router';
import { useAct } from '../../api/use-act';
import { useMay } from '../../session/session-context';
import { useAsked } from '../../session/use-asked';
import { Problem } from '../../ui/problem';
import styles from './actions.module.css';
import type { Attempts, Change } from './change';
import { DeleteDialog } from './delete-dialog';
import { MaintenanceDialog } from './maintenance-dialog';
import { TestResult, useTest } from './test-now';

interface Opened {
  readonly dialog: 'maintenance' | 'delete';
  /**
   * The integration's generation when the dialog opened, so that a concurrent change is not overwritten unseen. Absent
   * after the user was told of such a change: then the generation shown applies, or the one shown when the session
   * ended.
   */
  readonly generation?: number;
}

interface ActionsProps {
  readonly integration: IntegrationView;
  readonly attempts: Attempts;
}

/** The actions on an integration that the token allows. */
export function Actions({ integration, attempts }: ActionsProps) {
  const [opened, setOpened] = useAsked<Opened>('action', (asked) => ({ generation: integration.generation, ...asked }));
  const { attempt, overtaken, forgetOvertaken } = attempts;
  const change = useAct((what: Change) => attempt(integration, what));
  const test = useTest(integration.id);
  const mayWrite = useMay('integrations:write');
  const mayTest = useMay('integrations:test');
  const open = (dialog: Opened['dialog']) => () => {
    change.reset();
    forgetOvertaken();
    setOpened({ dialog, generation: integration.generation });
  };
  const asOpened = { ...integration, generation: opened?.generation ?? integration.generation };
  const close = () => setOpened(null);
  const make = (what: Change): ComponentProps<'button'> => ({
    'aria-disabled': change.isPending,
    onClick: () => change.mutate(what),
  });
  if (!mayWrite && !mayTest) return null;
  return (
    <>
      <section className={`stack ${styles['actions']}`} aria-label="Actions" tabIndex={-1}>
        <div className="actions">
          {mayTest && (
            <button type="button" className="primary" aria-disabled={test.isPending} onClick={() => test.mutate()}>
              {test.isPending ? 'Testing …' : 'Test now'}
            </button>
          )}
          {mayWrite && <Changes of={integration} make={make} open={open} />}
        </div>
        {change.error && <Problem error={change.error} />}
        {overtaken && <Problem error={overtaken} />}
        <TestResult test={test} />
      </section>
      {opened?.dialog === 'maintenance' && (
        <MaintenanceDialog
          of={asOpened}
          attempt={attempt}
          overtaken={overtaken}
          onOvertaken={() => setOpened({ dialog: 'maintenance' })}
          onClose={close}
        />
      )}
      {opened?.dialog === 'delete' && <DeleteDialog of={asOpened} attempt={attempt} onClose={close} />}
    </>
  );
}

interface ChangesProps {
  readonly of: IntegrationView;
  /** The properties of a button that makes the change. */
  readonly make: (what: Change) => ComponentProps<'button'>;
  readonly open: (dialog: Opened['dialog']) => () => void;
}

function Changes({ of: { id, type, enabled, posting, maintenance }, make, open }: ChangesProps) {
  return (
    <>
      <Link className="button" to={`/integrations/${id}/edit`}>
        Edit
      </Link>
      <button type="button" {...make({ method: 'POST', path: enabled ? '/disable' : '/enable' })}>
        {enabled ? 'Disable' : 'Enable'}
      </button>
      {type === 'scm' && (
        <button type="button" {...make({ method: 'PATCH', body: { posting: other(posting) } })}>
          {posting === 'online' ? 'Take posting offline' : 'Take posting online'}
        </button>
      )}
      <button type="button" onClick={open('maintenance')}>
        {maintenance ? 'Change maintenance' : 'Start maintenance'}
      </button>
      {maintenance && (
        <button type="button" {...make({ method: 'PATCH', body: { maintenance: null } })}>
          End maintenance
        </button>
      )}
      <button type="button" className="danger" onClick={open('delete')}>
        Delete
      </button>
    </>
  );
}

function other(posting: IntegrationView['posting']): IntegrationView['posting'] {
  return posting === 'online' ? 'offline' : 'online';
}
