import { type ReactNode, useId } from 'react';

/** Attributes that tie a control to its label, hint and errors. */
export interface ControlProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

interface FieldProps {
  readonly label: string;
  /** Another name of the field, such as its key in a config. */
  readonly name?: string | undefined;
  readonly hint?: ReactNode;
  readonly errors?: readonly string[];
  readonly optional?: boolean;
  /** Marks the field as required, for forms in which most fields are optional. */
  readonly required?: boolean;
  readonly children: (control: ControlProps) => ReactNode;
}

/** A labelled control with its hint and errors. */
export function Field({ label, name, hint, errors = [], optional = false, required = false, children }: FieldProps) {
  const id = useId();
  const described = [hint ? `${id}-hint` : null, errors.length > 0 ? `${id}-error` : null].filter(Boolean).join(' ');
  return (
    <div className="field">
      <label htmlFor={id}>
        {label} {name && <code className="quiet">{name}</code>} {optional && <span className="quiet">optional</span>}{' '}
        {required && <span className="quiet">required</span>}
      </label>
      {children({
        id,
        'aria-describedby': described === '' ? undefined : described,
        'aria-invalid': errors.length > 0 ? true : undefined,
      })}
      {hint && (
        <p id={`${id}-hint`} className="quiet">
          {hint}
        </p>
      )}
      {errors.length > 0 && (
        <p id={`${id}-error`} className="error">
          {errors.join('; ')}
        </p>
      )}
    </div>
  );
}
