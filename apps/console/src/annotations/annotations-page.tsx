import type { ScmOperationView } from '@integrations/contracts';
import { usePaged } from '../api/paged';
import { NeedsScope } from '../session/needs-scope';
import { useFilters } from '../ui/filters';
import { ListFoot } from '../ui/list-foot';
import { AnnotationTabs } from './annotation-tabs';
import { WithCommands } from './commands/with-commands';
import { LEDGER_FILTERS, type LedgerFilterName, LedgerFilters } from './ledger-filters';
import { OperationsTable } from './operations-table';

const REFRESH_MS = 10_000;

/** The ledger of annotation operations. */
export function AnnotationsPage() {
  return (
    <>
      <h1>Annotations</h1>
      <AnnotationTabs />
      <NeedsScope scope="annotations:read">
        <Ledger />
      </NeedsScope>
    </>
  );
}

function Ledger() {
  const [filters, setFilter] = useFilters<LedgerFilterName>(LEDGER_FILTERS);
  const list = usePaged<ScmOperationView>('/annotations', filters, REFRESH_MS);
  return (
    <>
      <LedgerFilters filters={filters} setFilter={setFilter} />
      <WithCommands>
        {(ask) => list.items.length > 0 && <OperationsTable operations={list.items} ask={ask} />}
      </WithCommands>
      <ListFoot list={list} empty="No operation matches." />
    </>
  );
}
