import { usePaged } from '../api/paged';
import { useFilters } from '../ui/filters';
import { List } from '../ui/list';
import type { AuditEntryView } from '@integrations/contracts';
import { AUDIT_FILTERS, AuditFilters } from './audit-filters';
import { AuditTable } from './audit-table';
import { Verify } from './verify';
import { PageHeading } from '../ui/page-heading';

/** The audit trail, and its verification. */
export function AuditPage() {
  return (
    <>
      <PageHeading>Audit</PageHeading>
      <Verify />
      <Trail />
    </>
  );
}

function Trail() {
  const [filters, bind] = useFilters(AUDIT_FILTERS);
  const list = usePaged<AuditEntryView>('/audit', filters);
  return (
    <>
      <AuditFilters bind={bind} />
      <List list={list} empty="No entry matches.">
        {(entries) => <AuditTable entries={entries} />}
      </List>
    </>
  );
}
