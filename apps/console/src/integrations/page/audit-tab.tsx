import { usePaged } from '../../api/paged';
import type { AuditEntryView } from '@integrations/contracts';
import { AuditTable } from '../../audit/audit-table';
import { List } from '../../ui/list';
import { REFRESH_MS } from './use-integration';

/** The audit entries of an integration and its credential. */
export function AuditTab({ id }: { id: string }) {
  const list = usePaged<AuditEntryView>('/audit', { integrationId: id }, REFRESH_MS);
  return (
    <section>
      <h2>Audit</h2>
      <List list={list} empty="No audit entries for this integration.">
        {(entries) => <AuditTable entries={entries} ofOne />}
      </List>
    </section>
  );
}
