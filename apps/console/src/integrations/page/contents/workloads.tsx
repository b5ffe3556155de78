import type { IntegrationView, Workload, WorkloadState } from '@integrations/contracts';
import { Badge, type Tone } from '../../../ui/badge';
import { FilterText } from '../../../ui/filter-text';
import { useFilters } from '../../../ui/filters';
import { List } from '../../../ui/list';
import { Time } from '../../../ui/time';
import { useVendorList } from './vendor';
import { WorkloadContainers } from './workload-containers';
import { Table } from '../../../ui/table';

const TONES: Readonly<Record<WorkloadState, Tone>> = {
  running: 'good',
  pending: 'active',
  stopping: 'neutral',
  unknown: 'warn',
};

/** The workloads of a runtime host, with images and digests. */
export function Workloads({ of }: { of: IntegrationView }) {
  const [filters, bind] = useFilters(['q', 'namespace', 'labels']);
  const list = useVendorList<Workload>(of, '/workloads', filters);
  return (
    <section>
      <h2>Workloads</h2>
      <search className="filters">
        <FilterText label="Search" {...bind('q')} />
        <FilterText label="Namespace" {...bind('namespace')} />
        <FilterText label="Labels (name=value)" {...bind('labels')} />
      </search>
      <List list={list} empty="No workloads found.">
        {(items) => <WorkloadTable workloads={items} />}
      </List>
    </section>
  );
}

function WorkloadTable({ workloads }: { workloads: readonly Workload[] }) {
  return (
    <Table columns={['Workload', 'Namespace', 'State', 'Node', 'Started', 'Containers']}>
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
    </Table>
  );
}
