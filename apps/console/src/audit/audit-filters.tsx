import { IntegrationFilter } from '../integrations/integration-filter';
import { FilterSelect } from '../ui/filter-select';
import { FilterText } from '../ui/filter-text';
import { FilterTime } from '../ui/filter-time';
import type { Bind } from '../ui/filters';
import { ACTIONS } from './actions';

/** `position` selects the one entry that a verification names. */
export const AUDIT_FILTERS = ['position', 'actor', 'action', 'integrationId', 'since', 'until'] as const;
type AuditFilterName = (typeof AUDIT_FILTERS)[number];

export function AuditFilters({ bind }: { bind: Bind<AuditFilterName> }) {
  const { value: action } = bind('action');
  const actions = action === '' || ACTIONS.includes(action) ? ACTIONS : [action, ...ACTIONS];
  return (
    <search className="filters">
      <FilterText label="Actor" {...bind('actor')} />
      <FilterSelect label="Action" options={actions.map((name) => [name, name])} {...bind('action')} />
      <IntegrationFilter {...bind('integrationId')} />
      <FilterTime label="Since" {...bind('since')} />
      <FilterTime label="Before" {...bind('until')} />
      <FilterText label="Position" {...bind('position')} />
    </search>
  );
}
