import type { DiscoveredPipeline } from '@integrations/contracts';
import { Link } from 'react-router';
import { usePaged } from '../../../api/paged';
import { Badge } from '../../../ui/badge';
import { FilterText } from '../../../ui/filter-text';
import { useFilters } from '../../../ui/filters';
import { ListFoot } from '../../../ui/list-foot';
import { pathOf } from '../use-integration';
import { runsLink } from './links';
import { OutLink } from './out-link';

/** What the CI system can run. */
export function Pipelines({ id }: { id: string }) {
  const [{ q }, setFilter] = useFilters(['q']);
  const list = usePaged<DiscoveredPipeline>(`${pathOf(id)}/pipelines`, { q });
  return (
    <section>
      <h2>Pipelines</h2>
      <search className="filters">
        <FilterText label="Search" value={q} onChange={(value) => setFilter('q', value)} />
      </search>
      {list.items.length > 0 && <Table pipelines={list.items} />}
      <ListFoot list={list} empty={q === '' ? 'The CI system has no pipeline.' : 'No pipeline matches.'} />
    </section>
  );
}

function Table({ pipelines }: { pipelines: readonly DiscoveredPipeline[] }) {
  return (
    <div className="table">
      <table>
        <thead>
          <tr>
            <th scope="col">Pipeline</th>
            <th scope="col">Repository</th>
            <th scope="col">Runs</th>
            <th scope="col">At the vendor</th>
          </tr>
        </thead>
        <tbody>
          {pipelines.map(({ id, name, url, repository, enabled }) => (
            <tr key={id}>
              <th scope="row">
                {name} {!enabled && <Badge tone="neutral">disabled</Badge>}
                <div className="quiet">{id}</div>
              </th>
              <td>{repository ?? <span className="quiet">not told</span>}</td>
              <td>
                <Link to={runsLink(id, repository)} relative="path">
                  Runs <span className="visually-hidden">of {name}</span>
                </Link>
              </td>
              <td>
                <OutLink to={url} of={name} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
