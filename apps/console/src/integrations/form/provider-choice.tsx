import type { ProviderDescriptor } from '@integrations/contracts';
import { Link } from 'react-router';
import { Badge } from '../../ui/badge';
import { FilterText } from '../../ui/filter-text';
import { useFilters } from '../../ui/filters';
import { TYPE_NAMES } from '../words';
import styles from './provider-choice.module.css';

/** The choice of the provider, which determines the rest of the form. */
export function ProviderChoice({ providers }: { providers: readonly ProviderDescriptor[] }) {
  const [{ q }, bind] = useFilters(['q']);
  const matching = providers.filter((provider) => matches(provider, q));
  return (
    <>
      <p>Choose what to connect to.</p>
      <search className="filters">
        <FilterText label="Search" {...bind('q')} />
      </search>
      {Object.entries(TYPE_NAMES).map(([type, name]) => (
        <OfType key={type} name={name} providers={matching.filter((provider) => provider.type === type)} />
      ))}
      {matching.length === 0 && <p className="quiet">No provider matches.</p>}
    </>
  );
}

function OfType({ name, providers }: { name: string; providers: readonly ProviderDescriptor[] }) {
  if (providers.length === 0) return null;
  return (
    <section>
      <h2>{name}</h2>
      <ul className={styles['providers']}>
        {providers.map((provider) => (
          <li key={provider.provider} className="card">
            <Choice provider={provider} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Choice({ provider: { provider, displayName, available, unavailableReason, capabilities } }: ChoiceProps) {
  if (!available) {
    return (
      <>
        <strong>{displayName}</strong> <Badge tone="neutral">not available</Badge>
        <div className="quiet">{unavailableReason}</div>
      </>
    );
  }
  return (
    <>
      <Link to={{ search: `?${new URLSearchParams({ provider }).toString()}` }}>{displayName}</Link>
      <div className="quiet">{capabilities.join(', ')}</div>
    </>
  );
}

interface ChoiceProps {
  readonly provider: ProviderDescriptor;
}

function matches({ provider, displayName, type }: ProviderDescriptor, q: string): boolean {
  const text = `${displayName} ${provider} ${TYPE_NAMES[type]}`.toLowerCase();
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
