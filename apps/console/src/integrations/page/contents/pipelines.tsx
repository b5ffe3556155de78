import type { DiscoveredPipeline, IntegrationView } from '@integrations/contracts';
import { Link } from 'react-router';
import { Badge } from '../../../ui/badge';
import { FilterText } from '../../../ui/filter-text';
import { useFilters } from '../../../ui/filters';
import { List } from '../../../ui/list';
import { VendorLink } from '../../../ui/vendor-link';
import { useVendorList } from './vendor';
import { runsLink } from './links';
import { Table } from '../../../ui/table';

/** The pipelines of a CI system. */
export function Pipelines({ of }: { of: IntegrationView }) {
  const [{ q }, bind] = useFilters(['q']);
  const list = useVendorList<DiscoveredPipeline>(of, '/pipelines', { q });
  return (
    <section>
      <h2>Pipelines</h2>
      <search className="filters">
        <FilterText label="Search" {...bind('q')} />
      </search>
      <List list={list} empty={q === '' ? 'The CI system has no pipelines.' : 'No pipeline matches.'}>
        {(items) => <PipelineTable pipelines={items} />}
      </List>
    </section>
  );
}

function PipelineTable({ pipelines }: { pipelines: readonly DiscoveredPipeline[] }) {
  return (
    <Table columns={['Pipeline', 'Repository', 'Runs', 'At the vendor']}>
      {pipelines.map(({ id, name, url, repository, enabled }) => (
        <tr key={id}>
          <th scope="row">
            {name} {!enabled && <Badge tone="neutral">disabled</Badge>}
            <div className="quiet">{id}</div>
          </th>
          <td>{repository ?? <span className="quiet">not reported</span>}</td>
          <td>
            <Link to={runsLink(id, repository)} relative="path">
              Runs <span className="visually-hidden">of {name}</span>
            </Link>
          </td>
          <td>
            <VendorLink url={url} text="Open" of={name} />
          </td>
        </tr>
      ))}
    </Table>
  );
}
