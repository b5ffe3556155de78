import type { ProbeStage } from '@integrations/contracts';
import styles from './verdict.module.css';
import { Table } from '../../ui/table';

/** The stages that the probe reached. If a stage failed, it is the last one. */
export function VerdictStages({ stages }: { stages: readonly ProbeStage[] }) {
  return (
    <Table caption="Stages of the test" columns={['Stage', 'Result', 'ms', 'Detail']} numbers={['ms']}>
      {stages.map(({ name, ok, ms, detail }) => (
        <tr key={name}>
          <th scope="row">
            <code>{name}</code>
          </th>
          <td className={`nowrap ${styles[ok ? 'passed' : 'failed']}`}>{ok ? '✓ passed' : '✗ failed'}</td>
          <td className="number">{Math.round(ms)}</td>
          <td className="text">{detail}</td>
        </tr>
      ))}
    </Table>
  );
}
