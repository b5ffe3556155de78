import { useEffect, useState } from 'react';
import { useMay } from '../session/session-context';
import { FilterText } from '../ui/filter-text';
import { useFoundIntegrations } from './found-integrations';
import { useIntegrationName } from './integration-names';

interface IntegrationFilterProps {
  /** An id, or empty. */
  readonly value: string;
  readonly onChange: (id: string) => void;
}

/** One integration, chosen by its name; by its id where the token does not allow to read the catalog. */
export function IntegrationFilter(props: IntegrationFilterProps) {
  const mayRead = useMay('integrations:read');
  return mayRead ? <ByName {...props} /> : <FilterText label="Integration (id)" {...props} />;
}

/** Offers those that are found by what is typed, and chooses the one of that name, or of that id. */
function ByName({ value, onChange }: IntegrationFilterProps) {
  const [typed, setTyped] = useState('');
  const [seen, setSeen] = useState<Chosen>({ id: value });
  const { data: found, isPlaceholderData: outdated } = useFoundIntegrations(typed);
  const chosen = useIntegrationName(value);
  const match = matchOf(typed.trim().toLowerCase(), found);
  const waits = typed !== '' && value === '';
  const missed = waits && !match && !outdated && found;
  if (seen.id !== value) {
    setSeen(match?.id === value ? match : { id: value });
    if (value !== '') setTyped('');
  }
  useEffect(() => {
    if (waits && match) onChange(match.id);
  });
  const search = (text: string) => {
    setTyped(text);
    // Until another is chosen, there is none.
    if (value !== '') onChange('');
  };
  return (
    <FilterText
      label="Integration"
      value={waits ? typed : (seen.name ?? chosen?.name ?? value)}
      offered={found?.map(({ name }) => name)}
      hint={
        <span role="status">
          {missed && (missed.length > 0 ? 'Choose a name, or give the id.' : 'None is called so.')}
        </span>
      }
      onChange={search}
    />
  );
}

interface Chosen {
  readonly id: string;
  /** Known at once of one that was chosen here. */
  readonly name?: string;
}

const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** By its id also one that is purged, or whose name begins those of more than are offered. */
function matchOf(text: string, found: readonly Chosen[] = []): Chosen | undefined {
  return ID.test(text) ? { id: text } : found.find(({ name }) => name?.toLowerCase() === text);
}
