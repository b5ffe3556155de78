import type { HealthReport } from '@integrations/contracts';
import { Problem } from '../../../ui/problem';
import { Time } from '../../../ui/time';
import { HealthBadge } from '../../health-badge';
import { Verdict } from '../../verdict/verdict';
import styles from '../panels.module.css';
import { DEFAULT_WINDOW, useHealth } from '../use-integration';

/** How an integration fares now, and why. */
export function PresentHealth({ id }: { id: string }) {
  const { data: report, error, refetch } = useHealth(id, DEFAULT_WINDOW);
  return (
    <section className="card">
      <h2>Health</h2>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {report ? <Present report={report} /> : !error && <p className="quiet">Loading …</p>}
    </section>
  );
}

/** What the last check found out, step by step; nothing before there was one. */
export function LastCheck({ id }: { id: string }) {
  const { data: report } = useHealth(id, DEFAULT_WINDOW);
  if (!report?.verdict) return null;
  return (
    <section className={`card ${styles['wide']}`}>
      <h2>Last check</h2>
      <Verdict verdict={report.verdict} />
    </section>
  );
}

function Present({ report }: { report: HealthReport }) {
  const { code, message, remediation, since, checkedAt, nextCheckAt } = report;
  return (
    <dl className="facts">
      <dt>Status</dt>
      <dd>
        <HealthBadge health={report} />
      </dd>
      <dt>Since</dt>
      <dd>{since ? <Time at={since} /> : 'it was never checked'}</dd>
      {code && (
        <>
          <dt>Code</dt>
          <dd>
            <code>{code}</code>
          </dd>
        </>
      )}
      {message && (
        <>
          <dt>Message</dt>
          <dd>{message}</dd>
        </>
      )}
      {remediation && (
        <>
          <dt>What to do</dt>
          <dd>{remediation}</dd>
        </>
      )}
      <dt>Checked</dt>
      <dd>{checkedAt ? <Time at={checkedAt} /> : 'never'}</dd>
      <dt>Next check</dt>
      <dd>{nextCheckAt ? <Time at={nextCheckAt} /> : 'none is planned'}</dd>
    </dl>
  );
}
