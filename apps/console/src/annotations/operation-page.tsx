import type { ScmOperationView } from '@integrations/contracts';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { callApi } from '../api/call';
import { isUnknown } from '../api/problem';
import { whileFailing } from '../api/query-client';
import { Answer } from '../ui/answer';
import { PageHeading } from '../ui/page-heading';
import { useTitle } from '../ui/use-title';
import { CommandButtons } from './commands/command-buttons';
import { WithCommands } from './commands/with-commands';
import { OperationFacts } from './operation-facts';
import { Outcome } from './outcome/outcome';
import { StateBadge } from './state-badge';
import { targetOf, wordsOf } from './target';
import { UnknownOperation } from './unknown-operation';
import { OPERATION_NAMES } from './words';

const UNDER_WAY_MS = 2_000;
const REFRESH_MS = 15_000;

/** One operation of the ledger, with all details. */
export function OperationPage() {
  const { operationId = '' } = useParams();
  const operation = useOperation(operationId);
  if (isUnknown(operation.error)) return <UnknownOperation id={operationId} />;
  return (
    <>
      {!operation.data && <PageHeading>Operation</PageHeading>}
      <Answer to={operation}>{(known) => <Shown key={operationId} operation={known} />}</Answer>
    </>
  );
}

function Shown({ operation }: { operation: ScmOperationView }) {
  useTitle(wordsOf(operation));
  return (
    <WithCommands>
      {(ask) => (
        <>
          <div className="head">
            <h1>
              {targetOf(operation)}: {OPERATION_NAMES[operation.operation]} <StateBadge of={operation} />
            </h1>
            <CommandButtons operation={operation} ask={ask} />
          </div>
          <OperationFacts operation={operation} />
          <Outcome operation={operation} />
        </>
      )}
    </WithCommands>
  );
}

function useOperation(id: string) {
  return useQuery({
    queryKey: ['/annotations', id],
    queryFn: ({ signal }) => callApi<ScmOperationView>(`/annotations/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: (query) => (query.state.data ? intervalOf(query.state.data) : whileFailing(query)),
  });
}

function intervalOf({ state }: ScmOperationView): number {
  return state === 'queued' || state === 'running' ? UNDER_WAY_MS : REFRESH_MS;
}
