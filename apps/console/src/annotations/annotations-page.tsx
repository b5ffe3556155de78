import type { ScmOperationView } from '@integrations/contracts';
import { usePaged } from '../api/paged';
import { isFiltered, useFilters } from '../ui/filters';
import { List } from '../ui/list';
import { AnnotationTabs } from './annotation-tabs';
import { WithCommands } from './commands/with-commands';
import { LEDGER_FILTERS, LedgerFilters } from './ledger-filters';
import { OperationsTable } from './operations-table';
import { PageHeading } from '../ui/page-heading';

const REFRESH_MS = 10_000;
const NONE = 'No operations yet. Those that Scanner requests over NATS appear here.';

/** The ledger of annotation operations. */
export function AnnotationsPage() {
  return (
    <>
      <PageHeading>Annotations</PageHeading>
      <AnnotationTabs />
      <Ledger />
    </>
  );
}

function Ledger() {
  const [filters, bind] = useFilters(LEDGER_FILTERS);
  const list = usePaged<ScmOperationView>('/annotations', filters, REFRESH_MS);
  return (
    <>
      <LedgerFilters bind={bind} />
      <WithCommands>
        {(ask) => (
          <List list={list} empty={isFiltered(filters) ? 'No operation matches.' : NONE}>
            {(operations) => <OperationsTable operations={operations} ask={ask} />}
          </List>
        )}
      </WithCommands>
    </>
  );
}
