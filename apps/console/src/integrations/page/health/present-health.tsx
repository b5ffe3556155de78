import type { HealthReport } from '@integrations/contracts';
import { Answer } from '../../../ui/answer';
import { Time } from '../../../ui/time';
import { HealthBadge } from '../../health-badge';
import { Verdict } from '../../verdict/verdict';
import styles from '../panels.module.css';
import { DEFAULT_WINDOW, useHealth } from '../use-integration';
import { Fact } from '../../../ui/fact';

/** The current health of an integration, with its reason. */
export function PresentHealth({ id }: { id: string }) {
  return (
    <section className="card">
      <h2>Health</h2>
      <Answer to={useHealth(id, DEFAULT_WINDOW)}>{(report) => <Present report={report} />}</Answer>
    </section>
  );
}

/** The result of the last check, stage by stage; nothing before the first check. */
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
      <Fact term="Status">
        <HealthBadge health={report} />
      </Fact>
      <Fact term="Since">{since ? <Time at={since} /> : 'never checked'}</Fact>
      {code && (
        <Fact term="Code">
          <code>{code}</code>
        </Fact>
      )}
      {message && <Fact term="Message">{message}</Fact>}
      {remediation && <Fact term="What to do">{remediation}</Fact>}
      <Fact term="Checked">{checkedAt ? <Time at={checkedAt} /> : 'never'}</Fact>
      <Fact term="Next check">{nextCheckAt ? <Time at={nextCheckAt} /> : 'none scheduled'}</Fact>
    </dl>
  );
}
