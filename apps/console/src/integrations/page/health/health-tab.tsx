import type { HealthReport } from '@integrations/contracts';
import { Field } from '../../../ui/field';
import { useFilters } from '../../../ui/filters';
import { Answer } from '../../../ui/answer';
import { Time } from '../../../ui/time';
import styles from '../panels.module.css';
import { DEFAULT_WINDOW, useHealth } from '../use-integration';
import { Latency } from './latency';
import { TimeInState } from './time-in-state';
import { Turns } from './turns';

const WINDOWS = [
  ['1h', 'last hour'],
  ['6h', 'last 6 hours'],
  [DEFAULT_WINDOW, 'last 24 hours'],
  ['7d', 'last 7 days'],
  ['30d', 'last 30 days'],
  ['90d', 'last 90 days'],
  ['400d', 'last 400 days'],
] as const;

/** The health history of an integration, in a window that ends now. */
export function HealthTab({ id }: { id: string }) {
  const [{ window }, bind] = useFilters(['window']);
  const asked = window === '' ? DEFAULT_WINDOW : window;
  const health = useHealth(id, asked);
  return (
    <>
      <div className="filters">
        <Field label="Window">
          {(control) => (
            <select {...control} value={asked} onChange={(event) => bind('window').onChange(event.target.value)}>
              {WINDOWS.map(([value, name]) => (
                <option key={value} value={value}>
                  {name}
                </option>
              ))}
              {!WINDOWS.some(([value]) => value === asked) && <option value={asked}>last {asked}</option>}
            </select>
          )}
        </Field>
      </div>
      <div aria-busy={health.isPlaceholderData}>
        <Answer to={health}>{(report) => <Report report={report} />}</Answer>
      </div>
    </>
  );
}

function Report({ report: { window, uptime, latency, transitions, truncated } }: { report: HealthReport }) {
  return (
    <div className={styles['panels']}>
      <section className={`card ${styles['wide']}`}>
        <h2>Uptime</h2>
        <p className="quiet">
          From <Time at={window.from} /> until now. Healthy and degraded time counts as up, unhealthy time as down.
          Other time is not counted.
        </p>
        <TimeInState uptime={uptime} />
      </section>
      <section className={`card ${styles['wide']}`}>
        <h2>Latency of checks</h2>
        <Latency latency={latency} />
      </section>
      <section className={styles['wide']}>
        <h2>Status changes</h2>
        <Turns turns={transitions} truncated={truncated} />
      </section>
    </div>
  );
}
