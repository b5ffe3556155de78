import type { Referrer } from '@integrations/contracts';
import { Link } from 'react-router';
import { usePaged } from '../../../api/paged';
import { Data } from '../../../ui/data';
import { FilterText } from '../../../ui/filter-text';
import { useFilters } from '../../../ui/filters';
import { ListFoot } from '../../../ui/list-foot';
import { pathOf } from '../use-integration';
import { Digest } from './digest';
import { imageLink } from './links';

interface ReferrersProps {
  readonly id: string;
  readonly repository: string;
  readonly digest: string;
}

/** Signatures, SBOMs and attestations of an image. */
export function Referrers({ id, repository, digest }: ReferrersProps) {
  const [{ kind }, setFilter] = useFilters(['kind']);
  const list = usePaged<Referrer>(`${pathOf(id)}/referrers`, { repository, digest, q: kind });
  return (
    <section>
      <h2>Referrers</h2>
      <search className="filters">
        <FilterText label="Artifact type" value={kind} onChange={(value) => setFilter('kind', value)} />
      </search>
      {list.items.length > 0 && <Table repository={repository} referrers={list.items} />}
      <ListFoot list={list} empty={kind === '' ? 'Nothing refers to this image.' : 'No referrer matches.'} />
    </section>
  );
}

function Table({ repository, referrers }: { repository: string; referrers: readonly Referrer[] }) {
  return (
    <div className="table">
      <table>
        <thead>
          <tr>
            <th scope="col">Artifact type</th>
            <th scope="col">Digest</th>
            <th scope="col" className="number">
              Bytes
            </th>
            <th scope="col">Annotations</th>
          </tr>
        </thead>
        <tbody>
          {referrers.map(({ artifactType, mediaType, digest, size, annotations }) => (
            <tr key={digest}>
              <th scope="row">
                <code>{artifactType ?? mediaType ?? 'not told'}</code>
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
        </tbody>
      </table>
    </div>
  );
}
