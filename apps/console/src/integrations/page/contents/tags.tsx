import type { DiscoveredTag, IntegrationView } from '@integrations/contracts';
import { Link } from 'react-router';
import { FilterText } from '../../../ui/filter-text';
import { useFilters } from '../../../ui/filters';
import { List } from '../../../ui/list';
import { Time } from '../../../ui/time';
import { useVendorList } from './vendor';
import { Digest } from './digest';
import { imageLink } from './links';
import { Table } from '../../../ui/table';

/** The tags of a repository, in the registry's order. */
export function Tags({ of, repository }: { of: IntegrationView; repository: string }) {
  const [{ q }, bind] = useFilters(['q']);
  const list = useVendorList<DiscoveredTag>(of, '/tags', { repository, q });
  return (
    <section>
      <h2>Tags of {repository}</h2>
      <search className="filters">
        <FilterText label="Search" {...bind('q')} />
      </search>
      <List list={list} empty={q === '' ? 'The repository has no tags.' : 'No tag matches.'}>
        {(items) => <TagTable repository={repository} tags={items} />}
      </List>
    </section>
  );
}

function TagTable({ repository, tags }: { repository: string; tags: readonly DiscoveredTag[] }) {
  return (
    <Table columns={['Tag', 'Digest', 'Pushed']}>
      {tags.map(({ name, digest, pushedAt }) => (
        <tr key={name}>
          <th scope="row">
            <Link to={imageLink(repository, name)}>{name}</Link>
          </th>
          <td>{digest ? <Digest of={digest} /> : <span className="quiet">not in the list</span>}</td>
          <td>{pushedAt ? <Time at={pushedAt} /> : <span className="quiet">not reported</span>}</td>
        </tr>
      ))}
    </Table>
  );
}
