import { useEffect, useState } from 'react';
import { useMay } from '../session/session-context';
import { FilterText } from '../ui/filter-text';
import { useFoundIntegrations } from './found-integrations';
import { useIntegrationName } from './integration-names';

interface IntegrationFilterProps {
  /** The id of an integration, or empty. */
  readonly value: string;
  readonly onChange: (id: string) => void;
}

/** Filter by one integration, chosen by name; by id if the token may not read the catalog. */
export function IntegrationFilter(props: IntegrationFilterProps) {
  const mayRead = useMay('integrations:read');
  return mayRead ? <ByName {...props} /> : <FilterText label="Integration (id)" {...props} />;
}

/** Suggests integrations that match the typed text, and chooses the one with that name or id. */
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
    // While the user types, no integration is chosen.
    if (value !== '') onChange('');
  };
  return (
    <FilterText
      label="Integration"
      value={waits ? typed : (seen.name ?? chosen?.name ?? value)}
      offered={found?.map(({ name }) => name)}
      hint={
        <span role="status">
          {missed && (missed.length > 0 ? 'Choose a name, or enter the id.' : 'No integration has this name.')}
        </span>
      }
      onChange={search}
    />
  );
}

interface Chosen {
  readonly id: string;
  /** Known at once if the integration was chosen here. */
  readonly name?: string;
}

const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** An id also matches a purged integration, or one that is not among the suggestions. */
function matchOf(text: string, found: readonly Chosen[] = []): Chosen | undefined {
  return ID.test(text) ? { id: text } : found.find(({ name }) => name?.toLowerCase() === text);
}
