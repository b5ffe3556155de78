import { type FormEvent, useRef, useState } from 'react';
import { callApi } from '../../api/call';
import { useAct } from '../../api/use-act';
import { KeptNotice } from '../../session/kept-notice';
import { useKeeping, useKeptForm } from '../../session/use-kept-form';
import { Field } from '../../ui/field';
import { isShownAt, messagesAt } from '../../ui/field-errors';
import { Problem } from '../../ui/problem';
import { useFocusFirstWrong } from '../form/focus-first-wrong';
import { changesIn } from '../form/values';
import { pathOf } from './use-integration';

const FIELDS = ['consumer', 'note'];

interface Added {
  readonly consumer: string;
  readonly note: string;
}

/** Adds a dependent, or updates its note. */
export function AddDependent({ id }: { id: string }) {
  const form = useRef<HTMLFormElement>(null);
  const kept = useKeptForm('dependent');
  const [consumer, setConsumer] = useState(kept['consumer'] ?? '');
  const [note, setNote] = useState(kept['note'] ?? '');
  useKeeping('dependent', () => changesIn({}, { consumer, note }));
  const put = useAct(
    (added: Added) => {
      const path = `${pathOf(id)}/dependents/${encodeURIComponent(added.consumer.trim())}`;
      return callApi(path, { method: 'PUT', body: added.note.trim() === '' ? {} : { note: added.note.trim() } });
    },
    {
      // Keep what was typed meanwhile: it is meant for the next dependent.
      onSuccess: (_, added) => {
        setConsumer((typed) => (typed === added.consumer ? '' : typed));
        setNote((typed) => (typed === added.note ? '' : typed));
      },
    },
  );
  useFocusFirstWrong(form, put.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    put.mutate({ consumer, note });
  };
  return (
    <section className="card">
      <h2>Add a dependent</h2>
      <KeptNotice kept={put.isIdle ? kept : {}} />
      <form ref={form} className="stack" onSubmit={submit}>
        <Field
          label="Consumer"
          hint="The name of the service, such as scheduler."
          errors={messagesAt(put.error, 'consumer')}
        >
          {(control) => (
            <input {...control} required value={consumer} onChange={(event) => setConsumer(event.target.value)} />
          )}
        </Field>
        <Field label="Note" hint="Why it needs the integration." optional errors={messagesAt(put.error, 'note')}>
          {(control) => <input {...control} value={note} onChange={(event) => setNote(event.target.value)} />}
        </Field>
        {put.error && <Problem error={put.error} shownElsewhere={isShownAt(FIELDS)} />}
        <div className="actions">
          <button type="submit" aria-disabled={put.isPending}>
            Add
          </button>
        </div>
      </form>
    </section>
  );
}
