import type { ScmOperationView } from '@integrations/contracts';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { callApi } from '../api/call';
import { MissingScope } from '../session/needs-scope';
import { useMay } from '../session/session-context';
import { Problem } from '../ui/problem';
import { CommandButtons } from './commands/command-buttons';
import { WithCommands } from './commands/with-commands';
import { OperationFacts } from './operation-facts';
import { Outcome } from './outcome/outcome';
import { StateBadge } from './state-badge';
import { targetOf } from './target';
import { OPERATION_NAMES } from './words';

const UNDER_WAY_MS = 2_000;
const REFRESH_MS = 15_000;

/** One operation of the ledger, with everything that is known of it. */
export function OperationPage() {
  const { operationId = '' } = useParams();
  if (useMay('annotations:read')) return <Operation key={operationId} id={operationId} />;
  return (
    <>
      <h1>Operation</h1>
      <MissingScope scope="annotations:read" />
    </>
  );
}

function Operation({ id }: { id: string }) {
  const { data: operation, error } = useOperation(id);
  return (
    <>
      {operation ? null : <h1>Operation</h1>}
      {error && <Problem error={error} />}
      {operation && <Shown operation={operation} />}
      {!operation && !error && <p className="quiet">Loading …</p>}
    </>
  );
}

function Shown({ operation }: { operation: ScmOperationView }) {
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
    refetchInterval: ({ state: { data } }) =>
      data?.state === 'queued' || data?.state === 'running' ? UNDER_WAY_MS : REFRESH_MS,
  });
}
