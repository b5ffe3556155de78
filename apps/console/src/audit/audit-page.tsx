import { usePaged } from '../api/paged';
import { NeedsScope } from '../session/needs-scope';
import { useFilters } from '../ui/filters';
import { ListFoot } from '../ui/list-foot';
import type { AuditEntry } from './audit-entry';
import { AUDIT_FILTERS, type AuditFilterName, AuditFilters } from './audit-filters';
import { AuditTable } from './audit-table';
import { Verify } from './verify';

/** Who did what, and whether the record of it is whole. */
export function AuditPage() {
  return (
    <>
      <h1>Audit</h1>
      <NeedsScope scope="audit:read">
        <Verify />
        <Trail />
      </NeedsScope>
    </>
  );
}

function Trail() {
  const [filters, setFilter] = useFilters<AuditFilterName>(AUDIT_FILTERS);
  const list = usePaged<AuditEntry>('/audit', filters);
  return (
    <>
      <AuditFilters filters={filters} setFilter={setFilter} />
      {list.items.length > 0 && <AuditTable entries={list.items} />}
      <ListFoot list={list} empty="No entry matches." />
    </>
  );
}
