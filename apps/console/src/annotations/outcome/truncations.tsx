import type { Truncation } from '@integrations/contracts';

/** What was cut to the vendor's limits. */
export function Truncations({ truncated }: { truncated: readonly Truncation[] }) {
  return (
    <>
      <h3>Cut to the vendor&apos;s limits</h3>
      <div className="table">
        <table>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col" className="number">
                Was
              </th>
              <th scope="col" className="number">
                Now
              </th>
              <th scope="col">Unit</th>
            </tr>
          </thead>
          <tbody>
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
          </tbody>
        </table>
      </div>
    </>
  );
}
