import type { DependentView } from '@integrations/contracts';
import { callApi } from '../../api/call';
import { useMay } from '../../session/session-context';
import { useAsked } from '../../session/use-asked';
import { Confirm } from '../../ui/confirm';
import { Answer } from '../../ui/answer';
import { Time } from '../../ui/time';
import { AddDependent } from './add-dependent';
import { useDependents } from './dependents';
import { pathOf } from './use-integration';
import { Table } from '../../ui/table';

/** The consumers that depend on an integration, so that nobody deletes it unaware. */
export function DependentsTab({ id }: { id: string }) {
  const mayWrite = useMay('integrations:write');
  return (
    <>
      <section aria-label="Dependents" tabIndex={-1}>
        <h2>Dependents</h2>
        <Answer to={useDependents(id)}>{(dependents) => <Dependents id={id} dependents={dependents} />}</Answer>
      </section>
      {mayWrite && <AddDependent id={id} />}
    </>
  );
}

function Dependents({ id, dependents }: { id: string; dependents: readonly DependentView[] }) {
  const [removed, setRemoved] = useAsked<string>('remove dependent');
  const mayWrite = useMay('integrations:write');
  if (dependents.length === 0) return <p className="quiet">No consumer depends on this integration.</p>;
  return (
    <>
      <Table columns={['Consumer', 'Note', 'Since', 'Updated', mayWrite && 'Actions']} unnamed={['Actions']}>
        {dependents.map(({ consumer, note, createdAt, updatedAt }) => (
          <tr key={consumer}>
            <th scope="row">
              <code>{consumer}</code>
            </th>
            <td className="text">{note}</td>
            <td>
              <Time at={createdAt} />
            </td>
            <td>
              <Time at={updatedAt} />
            </td>
            {mayWrite && (
              <td>
                <button type="button" className="link" onClick={() => setRemoved(consumer)}>
                  Remove<span className="visually-hidden"> {consumer}</span>
                </button>
              </td>
            )}
          </tr>
        ))}
      </Table>
      {removed !== null && <RemoveDialog id={id} consumer={removed} onClose={() => setRemoved(null)} />}
    </>
  );
}

interface RemoveDialogProps {
  readonly id: string;
  readonly consumer: string;
  readonly onClose: () => void;
}

function RemoveDialog({ id, consumer, onClose }: RemoveDialogProps) {
  const path = `${pathOf(id)}/dependents/${encodeURIComponent(consumer)}`;
  return (
    <Confirm
      title={`Remove ${consumer}?`}
      act="Remove"
      danger
      onConfirm={() => callApi(path, { method: 'DELETE' })}
      onClose={onClose}
    >
      <p>The integration can then be deleted without a warning about this consumer.</p>
    </Confirm>
  );
}
