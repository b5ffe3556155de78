import { IntegrationFilter } from '../integrations/integration-filter';
import { FilterSelect } from '../ui/filter-select';
import { FilterText } from '../ui/filter-text';
import { FilterTime } from '../ui/filter-time';
import { OPERATION_NAMES, STATE_NAMES } from './words';

export const LEDGER_FILTERS = [
  ...(['state', 'operation', 'integrationId', 'owner', 'repository'] as const),
  ...(['prNumber', 'commitSha', 'since', 'until'] as const),
] as const;
export type LedgerFilterName = (typeof LEDGER_FILTERS)[number];

interface LedgerFiltersProps {
  readonly filters: Readonly<Record<LedgerFilterName, string>>;
  readonly setFilter: (name: LedgerFilterName, value: string) => void;
}

export function LedgerFilters({ filters, setFilter }: LedgerFiltersProps) {
  const of = (name: LedgerFilterName) => ({
    value: filters[name],
    onChange: (value: string) => setFilter(name, value),
  });
  return (
    <search className="filters">
      <FilterSelect label="State" options={Object.entries(STATE_NAMES)} {...of('state')} />
      <FilterSelect label="Operation" options={Object.entries(OPERATION_NAMES)} {...of('operation')} />
      <IntegrationFilter {...of('integrationId')} />
      <FilterText label="Owner" {...of('owner')} />
      <FilterText label="Repository" {...of('repository')} />
      <FilterText label="Pull request" {...of('prNumber')} />
      <FilterText label="Commit (full sha)" {...of('commitSha')} />
      <FilterTime label="Accepted since" {...of('since')} />
      <FilterTime label="Accepted before" {...of('until')} />
    </search>
  );
}
