import type { Uptime } from '@integrations/contracts';
import { duration } from '../../../ui/duration';
import { percent, type Share, sharesOf, WIDTH } from './shares';
import styles from './time-in-state.module.css';
import { Table } from '../../../ui/table';

const COUNTS_AS: Readonly<Record<Share['state'], string>> = {
  healthy: 'up',
  degraded: 'up',
  unhealthy: 'down',
  maintenance: 'not counted',
  stale: 'not counted: disabled, deleted or not checked',
  unknown: 'not counted: before the first check',
};

/** The uptime, and the time in each state as a bar and in numbers. */
export function TimeInState({ uptime: { ratio, seconds } }: { uptime: Uptime }) {
  const shares = sharesOf(seconds);
  return (
    <>
      <p>
        <strong className={styles['ratio']}>{ratio === null ? 'No time counts yet' : percent(ratio)}</strong>
      </p>
      <Bar shares={shares.filter(({ width }) => width > 0)} />
      <Table caption="Time in each state" columns={['State', 'Time', 'Share', 'Counts as']} numbers={['Time', 'Share']}>
        {shares.map(({ state, seconds: time, part }) => (
          <tr key={state}>
            <th scope="row">
              <svg className={styles['key']} viewBox="0 0 10 10" aria-hidden="true">
                <rect className={styles[state]} width="10" height="10" />
              </svg>{' '}
              {state}
            </th>
            <td className="number nowrap">{time === 0 ? '0 s' : duration(time * 1_000)}</td>
            <td className="number nowrap">{percent(part)}</td>
            <td className="nowrap">{COUNTS_AS[state]}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}

function Bar({ shares }: { shares: readonly Share[] }) {
  const told = shares.map(({ state, part }) => `${state} ${percent(part)}`).join(', ');
  return (
    <svg
      className={styles['bar']}
      viewBox={`0 0 ${WIDTH} 10`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Time in each state: ${told === '' ? 'none' : told}`}
    >
      {shares.map(({ state, part, x, width }) => (
        <rect key={state} className={styles[state]} x={x} width={width} height="10">
          <title>{`${state} ${percent(part)}`}</title>
        </rect>
      ))}
    </svg>
  );
}
