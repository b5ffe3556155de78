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

interface OperationsTableProps {
  readonly operations: readonly ScmOperationView[];
  readonly ask: Ask;
}

export function OperationsTable({ operations, ask }: OperationsTableProps) {
  return (
    <div className="table">
      <table>
        <thead>
          <tr>
            <th scope="col">Operation</th>
            <th scope="col">Accepted</th>
            <th scope="col">Target</th>
            <th scope="col">Integration</th>
            <th scope="col">State</th>
            <th scope="col">Outcome</th>
            <th scope="col" className="number">
              Attempts
            </th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {operations.map((operation) => (
            <tr key={operation.operationId}>
              <td>
                <Link to={`/annotations/${operation.operationId}`}>{OPERATION_NAMES[operation.operation]}</Link>
              </td>
              <td>
                <Time at={operation.acceptedAt} />
              </td>
              <td>
                <Target of={operation} />
              </td>
              <td>
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
        </tbody>
      </table>
    </div>
  );
}
