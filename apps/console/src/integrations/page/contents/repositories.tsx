import type { DiscoveredRepository, IntegrationView } from '@integrations/contracts';
import { Link } from 'react-router';
import { Badge } from '../../../ui/badge';
import { FilterText } from '../../../ui/filter-text';
import { useFilters } from '../../../ui/filters';
import { List } from '../../../ui/list';
import { VendorLink } from '../../../ui/vendor-link';
import { useVendorList } from './vendor';
import { repositoryLink } from './links';
import { Table } from '../../../ui/table';

/** The repositories that the integration can reach. Those of a registry link to their tags. */
export function Repositories({ of, isRegistry }: { of: IntegrationView; isRegistry: boolean }) {
  const [{ q }, bind] = useFilters(['q']);
  const list = useVendorList<DiscoveredRepository>(of, '/repositories', { q });
  return (
    <section>
      <h2>Repositories</h2>
      <search className="filters">
        <FilterText label="Search" {...bind('q')} />
      </search>
      <List list={list} empty={q === '' ? 'The integration can reach no repositories.' : 'No repository matches.'}>
        {(items) => <RepositoryTable repositories={items} isRegistry={isRegistry} />}
      </List>
    </section>
  );
}

interface RepositoryTableProps {
  readonly repositories: readonly DiscoveredRepository[];
  readonly isRegistry: boolean;
}

function RepositoryTable({ repositories, isRegistry }: RepositoryTableProps) {
  return (
    <Table columns={['Repository', !isRegistry && 'Default branch', 'Visibility', 'At the vendor']}>
      {repositories.map((repository) => (
        <tr key={repository.id}>
          <th scope="row">
            {isRegistry ? (
              <Link to={repositoryLink(nameOf(repository))}>{nameOf(repository)}</Link>
            ) : (
              nameOf(repository)
            )}{' '}
            {repository.archived && <Badge tone="neutral">archived</Badge>}
          </th>
          {!isRegistry && <td>{repository.defaultBranch && <code>{repository.defaultBranch}</code>}</td>}
          <td>{repository.visibility ?? 'not reported'}</td>
          <td>
            <VendorLink url={repository.url} text="Open" of={nameOf(repository)} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** The full name. In a registry, `owner` is empty if the name has no slash. */
function nameOf({ owner, name }: DiscoveredRepository): string {
  return owner === '' ? name : `${owner}/${name}`;
}
