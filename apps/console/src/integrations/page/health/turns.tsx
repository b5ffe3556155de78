import type { HealthTurn } from '@integrations/contracts';
import { Badge } from '../../../ui/badge';
import { Time } from '../../../ui/time';
import { toneOf } from '../../words';
import styles from './turns.module.css';

/** When the status turned and why, newest first. */
export function Turns({ turns, truncated }: { turns: readonly HealthTurn[]; truncated: boolean }) {
  if (turns.length === 0) return <p className="quiet">The status did not turn in the window.</p>;
  return (
    <>
      <div className="table">
        <table>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">From</th>
              <th scope="col">To</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {turns.map(({ at, from, to, reasonCode, flapping }, place) => (
              <tr key={`${at} ${place}`}>
                <td>
                  <Time at={at} />
                </td>
                <td>
                  <Badge tone={toneOf({ status: from })}>{from}</Badge>
                </td>
                <td>
                  <Badge tone={toneOf({ status: to })}>
                    {to}
                    {flapping && ', flapping'}
                  </Badge>
                </td>
                <td className={styles['code']}>
                  <code>{reasonCode}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {truncated && <p className="quiet">There are more in the window: these are the newest {turns.length}.</p>}
    </>
  );
}
