import type { ProbeStage } from '@integrations/contracts';
import styles from './verdict.module.css';

/** The steps of the probe, as far as it got: the last one is the one that failed, if any did. */
export function VerdictStages({ stages }: { stages: readonly ProbeStage[] }) {
  return (
    <div className="table">
      <table>
        <caption className="visually-hidden">Stages of the test</caption>
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col">Result</th>
            <th scope="col" className="number">
              ms
            </th>
            <th scope="col">Detail</th>
          </tr>
        </thead>
        <tbody>
          {stages.map(({ name, ok, ms, detail }) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td className={ok ? styles['passed'] : styles['failed']}>{ok ? '✓ passed' : '✗ failed'}</td>
              <td className="number">{Math.round(ms)}</td>
              <td className={styles['detail']}>{detail}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
