import type { ScmOperationView } from '@integrations/contracts';
import { Link } from 'react-router';
import { IntegrationLink } from '../integrations/integration-link';
import { Time } from '../ui/time';
import { CommandButtons } from './commands/command-buttons';
import type { Ask } from './commands/with-commands';
import { OutcomeBrief } from './outcome/outcome-brief';
import { StateBadge } from './state-badge';
import { Target } from './target';
import { OPERATION_NAMES } from './words';
import { Table } from '../ui/table';

interface OperationsTableProps {
  readonly operations: readonly ScmOperationView[];
  readonly ask: Ask;
}

export function OperationsTable({ operations, ask }: OperationsTableProps) {
  return (
    <Table
      columns={['Operation', 'Accepted', 'Target', 'Integration', 'State', 'Outcome', 'Attempts', 'Actions']}
      numbers={['Attempts']}
      unnamed={['Actions']}
    >
      {operations.map((operation) => (
        <tr key={operation.operationId}>
          <td className="nowrap">
            <Link to={`/annotations/${operation.operationId}`}>{OPERATION_NAMES[operation.operation]}</Link>
          </td>
          <td>
            <Time at={operation.acceptedAt} />
          </td>
          <td className="name">
            <Target of={operation} />
          </td>
          <td className="name">
            <IntegrationLink id={operation.integrationId} />
          </td>
          <td>
            <StateBadge of={operation} />
          </td>
          <td className="text">
            <OutcomeBrief outcome={operation.outcome} />
          </td>
          <td className="number">
            {operation.attempts}
            {operation.nextAttemptAt && (
              <div className="quiet">
                next <Time at={operation.nextAttemptAt} />
              </div>
            )}
          </td>
          <td>
            <CommandButtons operation={operation} ask={ask} />
          </td>
        </tr>
      ))}
    </Table>
  );
}
