import type { WrittenSecret } from '@integrations/contracts';
import { type FormEvent, useRef, useState } from 'react';
import { callApi } from '../../api/call';
import { useAct } from '../../api/use-act';
import { Dialog } from '../../ui/dialog';
import { DialogActions } from '../../ui/dialog-actions';
import { Field } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { isShownAt, messagesAt } from '../../ui/field-errors';
import { useFocusFirstWrong } from './focus-first-wrong';
import { segmentsOf } from './secret-path';

interface StoreSecretProps {
  /** The kind of secret that is needed. */
  readonly description: string;
  readonly onStored: (authRef: string) => void;
  readonly onClose: () => void;
}

/**
 * Stores a secret in the local store. Its value exists only in the control: it is never kept in state or in a cached
 * mutation.
 */
export function StoreSecret({ description, onStored, onClose }: StoreSecretProps) {
  const form = useRef<HTMLFormElement>(null);
  const [manyLines, setManyLines] = useState(false);
  const attempt = useAct(() => put(new FormData(form.current ?? undefined)), {
    onSuccess: ({ authRef }) => onStored(authRef),
    gcTime: 0,
  });
  useFocusFirstWrong(form, attempt.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    attempt.mutate();
  };
  const value = { name: 'value', required: true, autoComplete: 'new-password', spellCheck: false };
  return (
    <Dialog title="Store a new secret" onClose={onClose}>
      <form ref={form} className="stack" onSubmit={submit}>
        <p>{description}</p>
        <Field
          label="Path"
          hint="Path in the local store, such as gitlab/acme. If it holds a secret already, this adds a new version."
          errors={messagesAt(attempt.error, 'path')}
        >
          {(control) => <input {...control} name="path" required autoComplete="off" spellCheck={false} />}
        </Field>
        <label>
          <input type="checkbox" checked={manyLines} onChange={(event) => setManyLines(event.target.checked)} /> Several
          lines, such as a PEM private key; visible while you type
        </label>
        <Field label="Value" hint="It cannot be shown again." errors={messagesAt(attempt.error, 'value')}>
          {(control) =>
            manyLines ? <textarea {...control} {...value} /> : <input {...control} {...value} type="password" />
          }
        </Field>
        {attempt.error && <Problem error={attempt.error} shownElsewhere={isShownAt(['path', 'value'])} />}
        <DialogActions act="Store" underWay={attempt.isPending} onClose={onClose} />
      </form>
    </Dialog>
  );
}

function put(data: FormData): Promise<WrittenSecret> {
  const value = String(data.get('value'));
  return callApi(`/secrets/${segmentsOf(String(data.get('path')).trim())}`, { method: 'PUT', body: { value } });
}
