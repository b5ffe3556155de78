import type { Truncation } from '@integrations/contracts';
import { Table } from '../../ui/table';

/** The fields that were cut to the vendor's limits. */
export function Truncations({ truncated }: { truncated: readonly Truncation[] }) {
  return (
    <>
      <h3>Cut to the vendor&apos;s limits</h3>
      <Table columns={['Field', 'Was', 'Now', 'Unit']} numbers={['Was', 'Now']}>
        {truncated.map(({ field, was, now, unit }) => (
          <tr key={`${field} ${unit}`}>
            <td>
              <code>{field}</code>
            </td>
            <td className="number">{was.toLocaleString('en')}</td>
            <td className="number">{now.toLocaleString('en')}</td>
            <td>{unit}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}
