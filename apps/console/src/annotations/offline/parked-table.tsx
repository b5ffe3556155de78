import type { ParkedPayloadView } from '@integrations/contracts';
import { useState } from 'react';
import { Link } from 'react-router';
import { IntegrationLink } from '../../integrations/integration-link';
import { Time } from '../../ui/time';
import { Target, wordsOf } from '../target';
import { OPERATION_NAMES } from '../words';
import { ByHand } from './by-hand';
import { Table } from '../../ui/table';

const COLUMNS = ['Operation', 'Target', 'Integration', 'Parked', 'Reason', 'Payload'];

export function ParkedTable({ parked }: { parked: readonly ParkedPayloadView[] }) {
  return (
    <Table columns={COLUMNS} unnamed={['Payload']}>
      {parked.map((payload) => (
        <Row key={payload.operationId} payload={payload} />
      ))}
    </Table>
  );
}

function Row({ payload }: { payload: ParkedPayloadView }) {
  const [open, setOpen] = useState(false);
  const { operationId, operation, integrationId, parkedAt, reason } = payload;
  return (
    <>
      <tr>
        <td className="nowrap">
          <Link to={`/annotations/${operationId}`}>{OPERATION_NAMES[operation]}</Link>
        </td>
        <td className="name">
          <Target of={payload} />
        </td>
        <td className="name">
          <IntegrationLink id={integrationId} />
        </td>
        <td>{parkedAt ? <Time at={parkedAt} /> : '–'}</td>
        <td className="text">{reason}</td>
        <td>
          <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Hide' : 'Show'} <span className="visually-hidden">the payload of {wordsOf(payload)}</span>
          </button>
        </td>
      </tr>
      {open && (
        <tr>
          <td colSpan={COLUMNS.length}>
            <ByHand payload={payload} />
          </td>
        </tr>
      )}
    </>
  );
}
