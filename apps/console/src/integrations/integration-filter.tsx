import { useMay } from '../session/session-context';
import { FilterSelect } from '../ui/filter-select';
import { FilterText } from '../ui/filter-text';
import { useIntegrationName, useIntegrationNames } from './integration-names';

interface IntegrationFilterProps {
  /** An id, or empty. */
  readonly value: string;
  readonly onChange: (id: string) => void;
}

/** One integration, chosen by its name; by its id where the token does not allow to read the catalog. */
export function IntegrationFilter({ value, onChange }: IntegrationFilterProps) {
  const names = useIntegrationNames();
  const chosen = useIntegrationName(value);
  const mayRead = useMay('integrations:read');
  if (!mayRead) return <FilterText label="Integration (id)" value={value} onChange={onChange} />;
  const options = [...names].toSorted(([, a], [, b]) => a.localeCompare(b));
  const unknown = value !== '' && !names.has(value);
  return (
    <FilterSelect
      label="Integration"
      value={value}
      options={unknown ? [[value, chosen?.name ?? value], ...options] : options}
      onChange={onChange}
    />
  );
}
