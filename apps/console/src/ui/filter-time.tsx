import { FilterText } from './filter-text';
import { instantOf, localOf } from './instant';

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

interface FilterTimeProps {
  readonly label: string;
  /** An instant in the API's format, or empty. */
  readonly value: string;
  readonly onChange: (instant: string) => void;
}

/** A time filter, entered in the user's time zone. The URL holds the instant, so that it means the same to everyone. */
export function FilterTime({ label, value, onChange }: FilterTimeProps) {
  // A local time that is skipped when clocks go forward never reads back as typed; do not report it again.
  const change = (local: string) => {
    const instant = instantOf(local);
    if (instant !== value) onChange(instant);
  };
  return <FilterText label={label} type="datetime-local" hint={ZONE} value={localOf(value)} onChange={change} />;
}
