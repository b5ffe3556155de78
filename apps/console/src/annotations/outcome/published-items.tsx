import type { PublishedItem } from '@integrations/contracts';
import { VendorLink } from '../../ui/vendor-link';
import { Table } from '../../ui/table';

const PLACES: Readonly<Record<PublishedItem['outcome'], string>> = {
  inline: 'on its line',
  file: 'on its file',
  annotation: 'in the check run',
  summary: 'in the summary',
  dropped: 'not shown',
};

/** The place where each finding is shown. */
export function PublishedItems({ items }: { items: readonly PublishedItem[] }) {
  return (
    <Table columns={['Severity', 'Rule', 'File', 'Shown', 'Reason']}>
      {items.map(({ fingerprint, severity, ruleId, path, line, outcome, url, reason }, index) => (
        // Two findings of a scanner may have the same fingerprint.
        <tr key={`${fingerprint} ${index}`}>
          <td>{severity}</td>
          <td>{ruleId}</td>
          <td className="text">{path ? <code>{line === null ? path : `${path}:${line}`}</code> : '–'}</td>
          <td className="text">
            {PLACES[outcome]} <VendorLink url={url} text="at the vendor" />
          </td>
          <td className="text">{reason}</td>
        </tr>
      ))}
    </Table>
  );
}
