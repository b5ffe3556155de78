import type { Workload, WorkloadState } from '@integrations/contracts';
import { usePaged } from '../../../api/paged';
import { Badge, type Tone } from '../../../ui/badge';
import { FilterText } from '../../../ui/filter-text';
import { useFilters } from '../../../ui/filters';
import { ListFoot } from '../../../ui/list-foot';
import { Time } from '../../../ui/time';
import { pathOf } from '../use-integration';
import { WorkloadContainers } from './workload-containers';

const TONES: Readonly<Record<WorkloadState, Tone>> = {
  running: 'good',
  pending: 'active',
  stopping: 'neutral',
  unknown: 'warn',
};

/** What runs at the host, with images and digests. */
export function Workloads({ id }: { id: string }) {
  const [filters, setFilter] = useFilters(['q', 'namespace', 'labels']);
  const list = usePaged<Workload>(`${pathOf(id)}/workloads`, filters);
  return (
    <section>
      <h2>Workloads</h2>
      <search className="filters">
        <FilterText label="Search" value={filters.q} onChange={(value) => setFilter('q', value)} />
        <FilterText label="Namespace" value={filters.namespace} onChange={(value) => setFilter('namespace', value)} />
        <FilterText
          label="Labels (name=value)"
          value={filters.labels}
          onChange={(value) => setFilter('labels', value)}
        />
      </search>
      {list.items.length > 0 && <Table workloads={list.items} />}
      <ListFoot list={list} empty="No such workload runs there." />
    </section>
  );
}

function Table({ workloads }: { workloads: readonly Workload[] }) {
  return (
    <div className="table">
      <table>
        <thead>
          <tr>
            <th scope="col">Workload</th>
            <th scope="col">Namespace</th>
            <th scope="col">State</th>
            <th scope="col">Node</th>
            <th scope="col">Started</th>
            <th scope="col">Containers</th>
          </tr>
        </thead>
        <tbody>
          {workloads.map(({ id, kind, namespace, name, owner, node, state, startedAt, containers }) => (
            <tr key={id}>
              <th scope="row">
                {name}
                <div className="quiet">
                  {kind}
                  {owner && ` of ${owner.kind} ${owner.name}`}
                </div>
              </th>
              <td>{namespace}</td>
              <td>
                <Badge tone={TONES[state]}>{state}</Badge>
              </td>
              <td>{node}</td>
              <td>{startedAt && <Time at={startedAt} />}</td>
              <td>
                <WorkloadContainers containers={containers} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
