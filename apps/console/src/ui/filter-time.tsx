import { FilterText } from './filter-text';
import { instantOf, localOf } from './instant';

interface FilterTimeProps {
  readonly label: string;
  /** An instant as the API takes it, or empty. */
  readonly value: string;
  readonly onChange: (instant: string) => void;
}

/** A point in time, entered in the reader's time zone; the address holds the instant, so that it means the same to all. */
export function FilterTime({ label, value, onChange }: FilterTimeProps) {
  return (
    <FilterText
      label={label}
      type="datetime-local"
      value={localOf(value)}
      onChange={(local) => onChange(instantOf(local))}
    />
  );
}
