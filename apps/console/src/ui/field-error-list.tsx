import type { FieldError } from '@integrations/contracts';

/** Each wrong field with what is wrong with it; nothing where none is. */
export function FieldErrorList({ errors }: { errors: readonly FieldError[] }) {
  if (errors.length === 0) return null;
  return (
    <ul>
      {errors.map(({ field, message }) => (
        <li key={`${field} ${message}`}>
          {field !== '' && <code>{field}</code>} {message}
        </li>
      ))}
    </ul>
  );
}
