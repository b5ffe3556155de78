import { Link } from 'react-router';
import { IntegrationLink } from '../integrations/integration-link';
import { Moment } from '../ui/moment';
import type { AuditEntryView } from '@integrations/contracts';
import { Table } from '../ui/table';
import { Data } from '../ui/data';
import { Short, ShortId } from '../ui/short';

interface AuditTableProps {
  readonly entries: readonly AuditEntryView[];
  /** True if all entries belong to one integration: then there is no column for it. */
  readonly ofOne?: boolean;
}

export function AuditTable({ entries, ofOne = false }: AuditTableProps) {
  return (
    <Table
      columns={['Position', 'When', 'Actor', 'Action', !ofOne && 'Integration', 'Outcome', 'Detail', 'Hash']}
      numbers={['Position']}
    >
      {entries.map(({ position, at, actor, app, action, integrationId, outcome, detail, hash }) => (
        <tr key={position}>
          <td className="number">{position}</td>
          <td>
            <Moment at={at} />
          </td>
          <td className="nowrap">
            {actor}
            {app !== actor && <div className="quiet">{app}</div>}
          </td>
          <td>
            <code className="nowrap">{action}</code>
          </td>
          {!ofOne && <td className="name">{integrationId ? <IntegrationLink id={integrationId} /> : '–'}</td>}
          <td>{outcome}</td>
          <td className="text">
            <Detail of={detail} />
          </td>
          <td>
            <Short text={hash} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** The detail of an entry. An operation links to its page. */
function Detail({ of: { operationId, ...others } }: { of: AuditEntryView['detail'] }) {
  if (typeof operationId !== 'string') return <Data value={{ ...others, ...(operationId ? { operationId } : {}) }} />;
  return (
    <>
      <div>
        <span className="quiet">operationId</span>{' '}
        <Link to={`/annotations/${operationId}`}>
          <ShortId id={operationId} />
        </Link>
      </div>
      {Object.keys(others).length > 0 && <Data value={others} />}
    </>
  );
}
