import type { DiscoveredTag } from '@integrations/contracts';
import { Link } from 'react-router';
import { usePaged } from '../../../api/paged';
import { FilterText } from '../../../ui/filter-text';
import { useFilters } from '../../../ui/filters';
import { ListFoot } from '../../../ui/list-foot';
import { Time } from '../../../ui/time';
import { pathOf } from '../use-integration';
import { Digest } from './digest';
import { imageLink } from './links';

/** The tags of a repository, in the registry's order. */
export function Tags({ id, repository }: { id: string; repository: string }) {
  const [{ q }, setFilter] = useFilters(['q']);
  const list = usePaged<DiscoveredTag>(`${pathOf(id)}/tags`, { repository, q });
  return (
    <section>
      <h2>Tags of {repository}</h2>
      <search className="filters">
        <FilterText label="Search" value={q} onChange={(value) => setFilter('q', value)} />
      </search>
      {list.items.length > 0 && <Table repository={repository} tags={list.items} />}
      <ListFoot list={list} empty={q === '' ? 'The repository has no tag.' : 'No tag matches.'} />
    </section>
  );
}

function Table({ repository, tags }: { repository: string; tags: readonly DiscoveredTag[] }) {
  return (
    <div className="table">
      <table>
        <thead>
          <tr>
            <th scope="col">Tag</th>
            <th scope="col">Digest</th>
            <th scope="col">Pushed</th>
          </tr>
        </thead>
        <tbody>
          {tags.map(({ name, digest, pushedAt }) => (
            <tr key={name}>
              <th scope="row">
                <Link to={imageLink(repository, name)}>{name}</Link>
              </th>
              <td>{digest ? <Digest of={digest} /> : <span className="quiet">not told in the list</span>}</td>
              <td>{pushedAt ? <Time at={pushedAt} /> : <span className="quiet">not told</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
