import type { HealthTurn } from '@integrations/contracts';
import { Badge } from '../../../ui/badge';
import { Time } from '../../../ui/time';
import { toneOf } from '../../words';
import { Table } from '../../../ui/table';

/** The status changes with their reasons, newest first. */
export function Turns({ turns, truncated }: { turns: readonly HealthTurn[]; truncated: boolean }) {
  if (turns.length === 0) return <p className="quiet">The status did not change in this window.</p>;
  return (
    <>
      <Table columns={['When', 'From', 'To', 'Why']}>
        {turns.map(({ at, from, to, reasonCode, flapping }, place) => (
          <tr key={`${at} ${place}`}>
            <td>
              <Time at={at} />
            </td>
            <td>
              <Badge tone={toneOf({ status: from })}>{from}</Badge>
            </td>
            <td>
              <Badge tone={toneOf({ status: to })}>
                {to}
                {flapping && ', flapping'}
              </Badge>
            </td>
            <td className="nowrap">
              <code>{reasonCode}</code>
            </td>
          </tr>
        ))}
      </Table>
      {truncated && <p className="quiet">Only the newest {turns.length} status changes in this window are shown.</p>}
    </>
  );
}
