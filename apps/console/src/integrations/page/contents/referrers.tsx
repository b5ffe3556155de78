import type { IntegrationView, Referrer } from '@integrations/contracts';
import { Link } from 'react-router';
import { Data } from '../../../ui/data';
import { FilterText } from '../../../ui/filter-text';
import { useFilters } from '../../../ui/filters';
import { List } from '../../../ui/list';
import { useVendorList } from './vendor';
import { Digest } from './digest';
import { imageLink } from './links';
import { Table } from '../../../ui/table';

interface ReferrersProps {
  readonly of: IntegrationView;
  readonly repository: string;
  readonly digest: string;
}

/** Signatures, SBOMs and attestations of an image. */
export function Referrers({ of, repository, digest }: ReferrersProps) {
  const [{ kind }, bind] = useFilters(['kind']);
  const list = useVendorList<Referrer>(of, '/referrers', { repository, digest, q: kind });
  return (
    <section>
      <h2>Referrers</h2>
      <search className="filters">
        <FilterText label="Artifact type" {...bind('kind')} />
      </search>
      <List list={list} empty={kind === '' ? 'Nothing refers to this image.' : 'No referrer matches.'}>
        {(items) => <ReferrerTable repository={repository} referrers={items} />}
      </List>
    </section>
  );
}

function ReferrerTable({ repository, referrers }: { repository: string; referrers: readonly Referrer[] }) {
  return (
    <Table columns={['Artifact type', 'Digest', 'Bytes', 'Annotations']} numbers={['Bytes']}>
      {referrers.map(({ artifactType, mediaType, digest, size, annotations }) => (
        <tr key={digest}>
          <th scope="row">
            <code>{artifactType ?? mediaType ?? 'not reported'}</code>
          </th>
          <td>
            <Link to={imageLink(repository, digest)}>
              <Digest of={digest} />
            </Link>
          </td>
          <td className="number">{size?.toLocaleString('en')}</td>
          <td>
            <Data value={annotations} />
          </td>
        </tr>
      ))}
    </Table>
  );
}
