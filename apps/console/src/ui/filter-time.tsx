import { FilterText } from './filter-text';
import { instantOf, localOf } from './instant';

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

interface FilterTimeProps {
  readonly label: string;
  /** An instant as the API takes it, or empty. */
  readonly value: string;
  readonly onChange: (instant: string) => void;
}

/** A point in time, entered in the reader's time zone; the address holds the instant, so that it means the same to all. */
export function FilterTime({ label, value, onChange }: FilterTimeProps) {
  // A local time that the clocks leave out never reads as it was typed.
  const change = (local: string) => {
    const instant = instantOf(local);
    if (instant !== value) onChange(instant);
  };
  return <FilterText label={label} type="datetime-local" hint={ZONE} value={localOf(value)} onChange={change} />;
}
