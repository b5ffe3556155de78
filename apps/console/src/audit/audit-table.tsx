import { Fragment } from 'react';
import { Link } from 'react-router';
import { IntegrationLink } from '../integrations/integration-link';
import { Time } from '../ui/time';
import type { AuditEntry } from './audit-entry';
import styles from './audit-table.module.css';
import { readable } from './readable';

const SHORT_HASH = 10;

export function AuditTable({ entries }: { entries: readonly AuditEntry[] }) {
  return (
    <div className="table">
      <table>
        <thead>
          <tr>
            <th scope="col" className="number">
              Position
            </th>
            <th scope="col">When</th>
            <th scope="col">Actor</th>
            <th scope="col">Action</th>
            <th scope="col">Integration</th>
            <th scope="col">Outcome</th>
            <th scope="col">Detail</th>
            <th scope="col">Hash</th>
          </tr>
        </thead>
        <tbody>
          {entries.map(({ position, at, actor, app, action, integrationId, outcome, detail, hash }) => (
            <tr key={position}>
              <td className="number">{position}</td>
              <td>
                <Time at={at} />
              </td>
              <td>
                {actor}
                {app !== actor && <div className={`quiet ${styles['app']}`}>{app}</div>}
              </td>
              <td>{action}</td>
              <td>{integrationId ? <IntegrationLink id={integrationId} /> : '–'}</td>
              <td>{outcome}</td>
              <td className={`text ${styles['detail']}`}>
                <Detail of={detail} />
              </td>
              <td>
                <code className={styles['hash']} title={hash}>
                  {hash.slice(0, SHORT_HASH)}
                </code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Detail({ of: detail }: { of: AuditEntry['detail'] }) {
  return Object.entries(detail).map(([name, value], index) => (
    <Fragment key={name}>
      {index > 0 && ' · '}
      <span className="quiet">{name}</span>{' '}
      {name === 'operationId' && typeof value === 'string' ? (
        <Link to={`/annotations/${value}`}>{value}</Link>
      ) : (
        readable(value)
      )}
    </Fragment>
  ));
}
