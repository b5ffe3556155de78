import { type ControlProps, Field } from '../../ui/field';
import type { Leaf } from './form-field';

interface FieldControlProps {
  readonly leaf: Leaf;
  readonly value: string;
  readonly errors: readonly string[];
  readonly required: boolean;
  readonly onChange: (value: string) => void;
}

interface InField {
  readonly control: ControlProps;
}

/** The control for the kind of value, with its label. */
export function FieldControl({ leaf, value, errors, required, onChange }: FieldControlProps) {
  const { label, name, hint } = leaf;
  return (
    <Field label={label} name={name} hint={hint && <Hint text={hint} />} errors={errors} required={required}>
      {(control) => <Control {...{ leaf, value, required, onChange, control }} />}
    </Field>
  );
}

/** The control. It shows the default, which is not sent. */
function Control({ leaf, value, required, onChange, control }: Omit<FieldControlProps, 'errors'> & InField) {
  const { path, kind, byDefault, options, min, max } = leaf;
  const shared = { name: path, required, value };
  switch (kind) {
    case 'choice':
      return (
        <select {...control} {...shared} onChange={(event) => onChange(event.target.value)}>
          <option value="">{byDefault === '' ? 'not set' : `default: ${byDefault}`}</option>
          {withPresent(options, value).map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      );
    case 'flag':
      return (
        <input
          {...control}
          type="checkbox"
          name={path}
          checked={(value || byDefault) === 'true'}
          onChange={(event) => onChange(flagOf(event.target.checked, byDefault))}
        />
      );
    case 'integer':
    case 'number':
      return (
        <input
          {...control}
          {...shared}
          type="number"
          step={kind === 'integer' ? 1 : 'any'}
          min={min}
          max={max}
          placeholder={byDefault}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'long':
    case 'lines':
    case 'json':
      return (
        <textarea
          {...control}
          {...shared}
          placeholder={byDefault || PLACEHOLDERS[kind]}
          spellCheck={path === 'description'}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'text':
    case 'words':
      return (
        <input
          {...control}
          {...shared}
          type="text"
          autoComplete="off"
          spellCheck={false}
          placeholder={byDefault}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}

/** Descriptions in schemas mark literals with backticks, as in Markdown. */
function Hint({ text }: { text: string }) {
  return text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}

const PLACEHOLDERS = { long: undefined, lines: 'One per line', json: 'JSON' };

/** The value of a flag; empty if it equals the default, which is not sent. */
function flagOf(checked: boolean, byDefault: string): string {
  return checked === (byDefault === 'true') ? '' : String(checked);
}

/** The options, including a stored value that the provider no longer accepts. */
function withPresent(options: readonly string[], value: string): readonly string[] {
  return value === '' || options.includes(value) ? options : [value, ...options];
}
