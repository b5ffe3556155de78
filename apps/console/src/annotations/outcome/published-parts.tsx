import type { PublishedPart, ScmPublishResponse } from '@integrations/contracts';
import { Badge, type Tone } from '../../ui/badge';
import { VendorLink } from '../../ui/vendor-link';
import { Table } from '../../ui/table';

const TONES: Readonly<Record<PublishedPart['outcome'], Tone>> = {
  created: 'good',
  updated: 'good',
  unchanged: 'good',
  skipped: 'neutral',
  failed: 'bad',
};

/** The outcome of each part of a publish. */
export function PublishedParts({
  published: { checkRun, status, comment, inline },
}: {
  published: ScmPublishResponse;
}) {
  const parts = [
    ['Check run', checkRun],
    ['Status', status],
    ['Comment', comment],
    ['Inline remarks', inline],
  ] as const;
  return (
    <Table columns={['Part', 'Outcome', 'At the vendor', 'Why']}>
      {parts.map(([name, part]) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          {part ? (
            <Part part={part} />
          ) : (
            <td colSpan={3} className="quiet">
              not requested
            </td>
          )}
        </tr>
      ))}
    </Table>
  );
}

function Part({ part: { outcome, id, url, reason, errorCode } }: { part: PublishedPart }) {
  return (
    <>
      <td>
        <Badge tone={TONES[outcome]}>{outcome}</Badge>
      </td>
      <td className="text">
        {id && <code>{id}</code>} <VendorLink url={url} />
      </td>
      <td className="text">
        {errorCode && <code>{errorCode}</code>} {reason}
      </td>
    </>
  );
}
