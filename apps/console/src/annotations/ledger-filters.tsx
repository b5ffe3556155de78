import { IntegrationFilter } from '../integrations/integration-filter';
import { FilterSelect } from '../ui/filter-select';
import { FilterText } from '../ui/filter-text';
import { FilterTime } from '../ui/filter-time';
import type { Bind } from '../ui/filters';
import { OPERATION_NAMES, STATE_NAMES } from './words';

export const LEDGER_FILTERS = [
  ...(['state', 'operation', 'integrationId', 'owner', 'repository'] as const),
  ...(['prNumber', 'commitSha', 'since', 'until'] as const),
] as const;
type LedgerFilterName = (typeof LEDGER_FILTERS)[number];

export function LedgerFilters({ bind }: { bind: Bind<LedgerFilterName> }) {
  return (
    <search className="filters">
      <FilterSelect label="State" options={Object.entries(STATE_NAMES)} {...bind('state')} />
      <FilterSelect label="Operation" options={Object.entries(OPERATION_NAMES)} {...bind('operation')} />
      <IntegrationFilter {...bind('integrationId')} />
      <FilterText label="Owner" {...bind('owner')} />
      <FilterText label="Repository" {...bind('repository')} />
      <FilterText label="Pull request" {...bind('prNumber')} />
      <FilterText label="Commit (full sha)" {...bind('commitSha')} />
      <FilterTime label="Accepted since" {...bind('since')} />
      <FilterTime label="Accepted before" {...bind('until')} />
    </search>
  );
}
