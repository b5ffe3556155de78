import type { IntegrationView } from '@integrations/contracts';
import { type FormEvent, useRef, useState } from 'react';
import { serverClock } from '../../api/server-clock';
import { useAct } from '../../api/use-act';
import { KeptNotice } from '../../session/kept-notice';
import { useKeeping, useKeptForm } from '../../session/use-kept-form';
import { Dialog } from '../../ui/dialog';
import { DialogActions } from '../../ui/dialog-actions';
import { Field } from '../../ui/field';
import { messagesAt } from '../../ui/field-errors';
import { localOf } from '../../ui/instant';
import { Problem } from '../../ui/problem';
import { useFocusFirstWrong } from '../form/focus-first-wrong';
import type { Attempt } from './change';
import { DURATIONS, endOf } from './maintenance-times';
import { MaintenanceWindow } from './maintenance-window';

interface MaintenanceDialogProps {
  readonly of: IntegrationView;
  readonly attempt: Attempt;
  /** Set if someone else has changed the integration first. The input stays, and the user decides again. */
  readonly overtaken: Error | null;
  readonly onOvertaken: () => void;
  readonly onClose: () => void;
}

const UNTIL = 'maintenance.until';
const REASON = 'maintenance.reason';

/** Starts a maintenance window, or changes the current one. */
export function MaintenanceDialog(props: MaintenanceDialogProps) {
  const { of, attempt, overtaken, onOvertaken, onClose } = props;
  const form = useRef<HTMLFormElement>(null);
  const kept = useKeptForm('maintenance');
  const current = of.maintenance;
  const [minutes, setMinutes] = useState(kept['minutes'] ?? (current ? '' : '60'));
  const [local, setLocal] = useState(kept['local'] ?? (current ? localOf(current.until) : ''));
  const [reason, setReason] = useState(kept['reason'] ?? current?.reason ?? '');
  useKeeping('maintenance', () => ({ minutes, local, reason }));
  const change = useAct(
    () => {
      const until = endOf(minutes, local, serverClock.now(), current?.until);
      const maintenance = { until, reason: reason.trim() || null };
      return attempt(of, { method: 'PATCH', body: { maintenance } });
    },
    { onSuccess: (isDone) => (isDone ? onClose() : onOvertaken()) },
  );
  useFocusFirstWrong(form, change.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <Dialog title={current ? 'Change maintenance' : 'Start maintenance'} onClose={onClose}>
      <KeptNotice kept={kept} />
      <form ref={form} onSubmit={submit} className="stack">
        <p>
          Checks and posting continue. The health status does not change, and the time does not count towards uptime.
        </p>
        <Duration minutes={minutes} onChange={setMinutes} />
        {minutes === '' && <Time local={local} onChange={setLocal} errors={messagesAt(change.error, UNTIL)} />}
        <Field label="Reason" optional errors={messagesAt(change.error, REASON)}>
          {(control) => <input {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
        {change.error && (
          <Problem
            error={change.error}
            shownElsewhere={(field) => field === REASON || (field === UNTIL && minutes === '')}
          />
        )}
        {overtaken && (
          <>
            <Problem error={overtaken} />
            <p>{current ? <MaintenanceWindow of={current} /> : 'There is no maintenance window now.'}</p>
          </>
        )}
        <DialogActions act={current ? 'Change' : 'Start'} underWay={change.isPending} onClose={onClose} />
      </form>
    </Dialog>
  );
}

interface DurationProps {
  /** Empty for a window that ends at a specific time. */
  readonly minutes: string;
  readonly onChange: (minutes: string) => void;
}

function Duration({ minutes, onChange }: DurationProps) {
  return (
    <Field label="Ends">
      {(control) => (
        <select {...control} value={minutes} onChange={(event) => onChange(event.target.value)}>
          {DURATIONS.map(([length, name]) => (
            <option key={length} value={length}>
              {name} from now
            </option>
          ))}
          <option value="">at a specific time</option>
        </select>
      )}
    </Field>
  );
}

interface TimeProps {
  readonly local: string;
  readonly onChange: (local: string) => void;
  readonly errors: readonly string[];
}

function Time({ local, onChange, errors }: TimeProps) {
  return (
    <Field label="Time" hint="In your time zone; within 30 days." errors={errors}>
      {(control) => (
        <input
          {...control}
          type="datetime-local"
          required
          value={local}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
