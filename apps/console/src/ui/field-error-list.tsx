import type { FieldError } from '@integrations/contracts';

/** The list of field errors; nothing if there are none. */
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
