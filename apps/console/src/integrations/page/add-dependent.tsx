import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { callApi } from '../../api/call';
import { ApiProblem } from '../../api/problem';
import { Field } from '../../ui/field';
import { Problem } from '../../ui/problem';
import styles from './form.module.css';
import { pathOf } from './use-integration';

const FIELDS = ['consumer', 'note'];

/** Says that a consumer relies on the integration, or what for where that is known already. */
export function AddDependent({ id }: { id: string }) {
  const [consumer, setConsumer] = useState('');
  const [note, setNote] = useState('');
  const put = useMutation({
    mutationFn: () => {
      const path = `${pathOf(id)}/dependents/${encodeURIComponent(consumer.trim())}`;
      return callApi(path, { method: 'PUT', body: note.trim() === '' ? {} : { note: note.trim() } });
    },
    onSuccess: () => {
      setConsumer('');
      setNote('');
    },
  });
  const errorsOf = (field: string) => (put.error instanceof ApiProblem ? put.error.messagesFor(field) : []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!put.isPending) put.mutate();
  };
  return (
    <section className="card">
      <h2>Add a dependent</h2>
      <form className={styles['form']} onSubmit={submit}>
        <Field label="Consumer" hint="The name of the service, such as scheduler." errors={errorsOf('consumer')}>
          {(control) => (
            <input {...control} required value={consumer} onChange={(event) => setConsumer(event.target.value)} />
          )}
        </Field>
        <Field label="Note" hint="What it needs the integration for." optional errors={errorsOf('note')}>
          {(control) => <input {...control} value={note} onChange={(event) => setNote(event.target.value)} />}
        </Field>
        {put.error && <Problem error={put.error} shownElsewhere={(field) => FIELDS.includes(field)} />}
        <div className="actions">
          <button type="submit">Add</button>
        </div>
      </form>
    </section>
  );
}
