import type { DiscoveredRepository } from '@integrations/contracts';
import { Link } from 'react-router';
import { usePaged } from '../../../api/paged';
import { Badge } from '../../../ui/badge';
import { FilterText } from '../../../ui/filter-text';
import { useFilters } from '../../../ui/filters';
import { ListFoot } from '../../../ui/list-foot';
import { pathOf } from '../use-integration';
import { repositoryLink } from './links';
import { OutLink } from './out-link';

/** The repositories that the integration reaches. Those of a registry lead to their tags. */
export function Repositories({ id, isRegistry }: { id: string; isRegistry: boolean }) {
  const [{ q }, setFilter] = useFilters(['q']);
  const list = usePaged<DiscoveredRepository>(`${pathOf(id)}/repositories`, { q });
  return (
    <section>
      <h2>Repositories</h2>
      <search className="filters">
        <FilterText label="Search" value={q} onChange={(value) => setFilter('q', value)} />
      </search>
      {list.items.length > 0 && <Table repositories={list.items} isRegistry={isRegistry} />}
      <ListFoot list={list} empty={q === '' ? 'The integration reaches no repository.' : 'No repository matches.'} />
    </section>
  );
}

interface TableProps {
  readonly repositories: readonly DiscoveredRepository[];
  readonly isRegistry: boolean;
}

function Table({ repositories, isRegistry }: TableProps) {
  return (
    <div className="table">
      <table>
        <thead>
          <tr>
            <th scope="col">Repository</th>
            {!isRegistry && <th scope="col">Default branch</th>}
            <th scope="col">Visibility</th>
            <th scope="col">At the vendor</th>
          </tr>
        </thead>
        <tbody>
          {repositories.map((repository) => (
            <tr key={repository.id}>
              <td>
                {isRegistry ? (
                  <Link to={repositoryLink(nameOf(repository))}>{nameOf(repository)}</Link>
                ) : (
                  nameOf(repository)
                )}{' '}
                {repository.archived && <Badge tone="neutral">archived</Badge>}
              </td>
              {!isRegistry && <td>{repository.defaultBranch && <code>{repository.defaultBranch}</code>}</td>}
              <td>{repository.visibility ?? 'not told'}</td>
              <td>
                <OutLink to={repository.url} of={nameOf(repository)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** In a registry, `owner` is empty where no slash stands in the name. */
function nameOf({ owner, name }: DiscoveredRepository): string {
  return owner === '' ? name : `${owner}/${name}`;
}
