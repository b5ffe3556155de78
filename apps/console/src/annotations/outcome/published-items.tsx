import type { PublishedItem } from '@integrations/contracts';
import { VendorLink } from '../../ui/vendor-link';

const PLACES: Readonly<Record<PublishedItem['outcome'], string>> = {
  inline: 'at its line',
  file: 'at its file',
  annotation: 'annotation of the check run',
  summary: 'in the summary',
  dropped: 'nowhere',
};

/** Where each finding is to be seen. */
export function PublishedItems({ items }: { items: readonly PublishedItem[] }) {
  return (
    <div className="table">
      <table>
        <thead>
          <tr>
            <th scope="col">Severity</th>
            <th scope="col">Rule</th>
            <th scope="col">File</th>
            <th scope="col">Shown</th>
            <th scope="col">Why not more prominently</th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ fingerprint, severity, ruleId, path, line, outcome, url, reason }, index) => (
            // Two findings of a scanner may have one fingerprint.
            <tr key={`${fingerprint} ${index}`}>
              <td>{severity}</td>
              <td>{ruleId}</td>
              <td className="text">{path ? <code>{line === null ? path : `${path}:${line}`}</code> : '–'}</td>
              <td className="text">
                {PLACES[outcome]} {url && <VendorLink url={url}>at the vendor</VendorLink>}
              </td>
              <td className="text">{reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
