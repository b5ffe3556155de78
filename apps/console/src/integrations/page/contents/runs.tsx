import type { PipelineRun, RunConclusion } from '@integrations/contracts';
import { usePaged } from '../../../api/paged';
import { Badge, type Tone } from '../../../ui/badge';
import { FilterText } from '../../../ui/filter-text';
import { useFilters } from '../../../ui/filters';
import { duration } from '../../../ui/duration';
import { ListFoot } from '../../../ui/list-foot';
import { Time } from '../../../ui/time';
import { pathOf } from '../use-integration';
import { OutLink } from './out-link';

/** What the CI system has run, newest first. */
export function Runs({ id }: { id: string }) {
  const [filters, setFilter] = useFilters(['pipeline', 'repository', 'commit']);
  const list = usePaged<PipelineRun>(`${pathOf(id)}/runs`, filters);
  return (
    <section>
      <h2>Runs</h2>
      <search className="filters">
        <FilterText label="Pipeline" value={filters.pipeline} onChange={(value) => setFilter('pipeline', value)} />
        <FilterText
          label="Repository"
          value={filters.repository}
          onChange={(value) => setFilter('repository', value)}
        />
        <FilterText label="Commit" value={filters.commit} onChange={(value) => setFilter('commit', value)} />
      </search>
      {list.items.length > 0 && <Table runs={list.items} />}
      <ListFoot list={list} empty="There is no such run." />
    </section>
  );
}

function Table({ runs }: { runs: readonly PipelineRun[] }) {
  return (
    <div className="table">
      <table>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">State</th>
            <th scope="col">Branch and commit</th>
            <th scope="col">Created</th>
            <th scope="col">Took</th>
            <th scope="col">At the vendor</th>
          </tr>
        </thead>
        <tbody>
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
                {run.branch} {run.commit && <code title={run.commit}>{run.commit.slice(0, 12)}</code>}
              </td>
              <td>{run.createdAt ? <Time at={run.createdAt} /> : <span className="quiet">not told</span>}</td>
              <td>{tookOf(run)}</td>
              <td>
                <OutLink to={run.url} of={run.name} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
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
