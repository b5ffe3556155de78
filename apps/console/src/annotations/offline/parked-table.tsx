import { useState } from 'react';
import { Link } from 'react-router';
import { IntegrationLink } from '../../integrations/integration-link';
import { Time } from '../../ui/time';
import { Target, targetOf } from '../target';
import { OPERATION_NAMES } from '../words';
import { ByHand } from './by-hand';
import type { ParkedPayload } from './parked-payload';

export function ParkedTable({ parked }: { parked: readonly ParkedPayload[] }) {
  return (
    <div className="table">
      <table>
        <thead>
          <tr>
            <th scope="col">Operation</th>
            <th scope="col">Target</th>
            <th scope="col">Integration</th>
            <th scope="col">Parked</th>
            <th scope="col">Reason</th>
            <th scope="col">
              <span className="visually-hidden">Payload</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {parked.map((payload) => (
            <Row key={payload.operationId} payload={payload} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const COLUMNS = 6;

function Row({ payload }: { payload: ParkedPayload }) {
  const [open, setOpen] = useState(false);
  const { operationId, operation, integrationId, parkedAt, reason } = payload;
  return (
    <>
      <tr>
        <td>
          <Link to={`/annotations/${operationId}`}>{OPERATION_NAMES[operation]}</Link>
        </td>
        <td>
          <Target of={payload} />
        </td>
        <td>
          <IntegrationLink id={integrationId} />
        </td>
        <td>{parkedAt ? <Time at={parkedAt} /> : '–'}</td>
        <td className="text">{reason}</td>
        <td>
          <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Hide' : 'Show'}{' '}
            <span className="visually-hidden">
              the payload of {OPERATION_NAMES[operation]} on {targetOf(payload)}
            </span>
          </button>
        </td>
      </tr>
      {open && (
        <tr>
          <td colSpan={COLUMNS}>
            <ByHand payload={payload} />
          </td>
        </tr>
      )}
    </>
  );
}
