import { type ReactNode, useState } from 'react';
import { FieldControl } from './field-control';
import { messagesAt } from '../../ui/field-errors';
import type { FormField, Group } from './form-field';
import styles from './form.module.css';
import { isGiven, type Values } from './values';

/** State shared by the controls of a form. */
export interface FormState {
  readonly values: Values;
  readonly error: Error | null;
  readonly set: (path: string, value: string) => void;
  /** Content below the control at a path. */
  readonly below: (path: string) => ReactNode;
}

interface FormFieldsProps {
  readonly fields: readonly FormField[];
  readonly form: FormState;
  /** False inside an optional object that is not given. */
  readonly needed?: boolean;
}

export function FormFields({ fields, form, needed = true }: FormFieldsProps) {
  return fields.map((field) =>
    field.kind === 'group' ? (
      <GroupFields key={field.path} group={field} form={form} />
    ) : (
      <div key={field.path}>
        <FieldControl
          leaf={field}
          value={form.values[field.path] ?? ''}
          errors={messagesAt(form.error, field.path)}
          required={needed && field.required}
          onChange={(value) => form.set(field.path, value)}
        />
        {form.below(field.path)}
      </div>
    ),
  );
}

/** A group of fields. The connection settings are rarely needed, so they are folded unless one is given. */
function GroupFields({ group, form }: { group: Group; form: FormState }) {
  const given = isGiven(group.fields, form.values);
  const [open, setOpen] = useState(given);
  const content = (
    <div className="stack">
      {group.hint && <p className="quiet">{group.hint}</p>}
      <FormFields fields={group.fields} form={form} needed={group.required || given} />
    </div>
  );
  if (group.path !== 'config.connection') {
    return (
      <fieldset className={styles['group']}>
        <legend>
          {group.label} {group.name && <code className="quiet">{group.name}</code>}
        </legend>
        {content}
      </fieldset>
    );
  }
  return (
    <details className={styles['group']} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Connection: client certificate and proxy</summary>
      {content}
    </details>
  );
}
