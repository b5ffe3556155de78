import type { PublishedPart, ScmPublishResponse } from '@integrations/contracts';
import { Badge, type Tone } from '../../ui/badge';
import { VendorLink } from '../../ui/vendor-link';

const TONES: Readonly<Record<PublishedPart['outcome'], Tone>> = {
  created: 'good',
  updated: 'good',
  unchanged: 'good',
  skipped: 'neutral',
  failed: 'bad',
};

/** What became of each thing that was to be shown. */
export function PublishedParts({
  published: { checkRun, status, comment, inline },
}: {
  published: ScmPublishResponse;
}) {
  const parts = [
    ['Check run', checkRun],
    ['Status', status],
    ['Comment', comment],
    ['Remarks on lines', inline],
  ] as const;
  return (
    <div className="table">
      <table>
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col">Outcome</th>
            <th scope="col">At the vendor</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {parts.map(([name, part]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {part ? (
                <Part part={part} />
              ) : (
                <td colSpan={3} className="quiet">
                  not asked for
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Part({ part: { outcome, id, url, reason, errorCode } }: { part: PublishedPart }) {
  return (
    <>
      <td>
        <Badge tone={TONES[outcome]}>{outcome}</Badge>
      </td>
      <td className="text">
        {id && <code>{id}</code>} {url && <VendorLink url={url} />}
      </td>
      <td className="text">
        {errorCode && <code>{errorCode}</code>} {reason}
      </td>
    </>
  );
}
