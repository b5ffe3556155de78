import type { IntegrationView, PipelineRun, RunConclusion } from '@integrations/contracts';
import { Badge, type Tone } from '../../../ui/badge';
import { FilterText } from '../../../ui/filter-text';
import { useFilters } from '../../../ui/filters';
import { duration } from '../../../ui/duration';
import { List } from '../../../ui/list';
import { Time } from '../../../ui/time';
import { VendorLink } from '../../../ui/vendor-link';
import { useVendorList } from './vendor';
import { Table } from '../../../ui/table';
import { Short } from '../../../ui/short';

/** The runs of a CI system, newest first. */
export function Runs({ of }: { of: IntegrationView }) {
  const [filters, bind] = useFilters(['pipeline', 'repository', 'commit']);
  const list = useVendorList<PipelineRun>(of, '/runs', filters);
  return (
    <section>
      <h2>Runs</h2>
      <search className="filters">
        <FilterText label="Pipeline" {...bind('pipeline')} />
        <FilterText label="Repository" {...bind('repository')} />
        <FilterText label="Commit" {...bind('commit')} />
      </search>
      <List list={list} empty="No runs found.">
        {(items) => <RunTable runs={items} />}
      </List>
    </section>
  );
}

function RunTable({ runs }: { runs: readonly PipelineRun[] }) {
  return (
    <Table columns={['Run', 'State', 'Branch and commit', 'Created', 'Took', 'At the vendor']}>
      {runs.map((run) => (
        <tr key={`${run.pipelineId} ${run.id}`}>
          <th scope="row">
            {run.name}
            {run.pipelineId && <div className="quiet">{run.pipelineId}</div>}
          </th>
          <td>
            <Badge tone={toneOf(run)}>{run.conclusion ?? run.status}</Badge>
          </td>
          <td>
            {run.branch} {run.commit && <Short text={run.commit} />}
          </td>
          <td>{run.createdAt ? <Time at={run.createdAt} /> : <span className="quiet">not reported</span>}</td>
          <td>{tookOf(run)}</td>
          <td>
            <VendorLink url={run.url} text="Open" of={run.name} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

const TONES: Readonly<Record<RunConclusion, Tone>> = {
  success: 'good',
  partial: 'warn',
  failure: 'bad',
  neutral: 'neutral',
  cancelled: 'neutral',
  skipped: 'neutral',
  timed_out: 'bad',
};

function toneOf({ conclusion, status }: PipelineRun): Tone {
  if (conclusion) return TONES[conclusion];
  return status === 'completed' ? 'neutral' : 'active';
}

function tookOf({ startedAt, finishedAt }: PipelineRun): string {
  if (!startedAt || !finishedAt) return '';
  return duration(Date.parse(finishedAt) - Date.parse(startedAt));
}
