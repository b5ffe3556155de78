import { IntegrationFilter } from '../integrations/integration-filter';
import { FilterSelect } from '../ui/filter-select';
import { FilterText } from '../ui/filter-text';
import { FilterTime } from '../ui/filter-time';
import { ACTIONS } from './actions';

/** `position` shows the one entry that a verification names. */
export const AUDIT_FILTERS = ['position', 'actor', 'action', 'integrationId', 'since', 'until'] as const;
export type AuditFilterName = (typeof AUDIT_FILTERS)[number];

interface AuditFiltersProps {
  readonly filters: Readonly<Record<AuditFilterName, string>>;
  readonly setFilter: (name: AuditFilterName, value: string) => void;
}

export function AuditFilters({ filters, setFilter }: AuditFiltersProps) {
  const of = (name: AuditFilterName) => ({
    value: filters[name],
    onChange: (value: string) => setFilter(name, value),
  });
  const actions = filters.action === '' || ACTIONS.includes(filters.action) ? ACTIONS : [filters.action, ...ACTIONS];
  return (
    <search className="filters">
      <FilterText label="Actor" {...of('actor')} />
      <FilterSelect label="Action" options={actions.map((action) => [action, action])} {...of('action')} />
      <IntegrationFilter {...of('integrationId')} />
      <FilterTime label="Since" {...of('since')} />
      <FilterTime label="Before" {...of('until')} />
      <FilterText label="Position" {...of('position')} />
    </search>
  );
}
