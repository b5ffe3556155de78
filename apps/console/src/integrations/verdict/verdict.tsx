import type { ProbeVerdict } from '@integrations/contracts';
import { Badge } from '../../ui/badge';
import { toneOf } from '../words';
import { VerdictFacts } from './verdict-facts';
import { VerdictPermissions } from './verdict-permissions';
import { VerdictStages } from './verdict-stages';
import styles from './verdict.module.css';

/** The result of a test or a health check: the status and the remedy first, then the details. */
export function Verdict({ verdict }: { verdict: ProbeVerdict }) {
  const { code, message, remediation, warnings, permissions, stages } = verdict;
  return (
    <div className={styles['verdict']}>
      <p>
        <Badge tone={toneOf(verdict)}>{verdict.status}</Badge> <code>{code}</code> {message}
      </p>
      {code !== 'ok' && (
        <p>
          <strong>What to do:</strong> {remediation}
        </p>
      )}
      {warnings.length > 0 && (
        <div className="notice warn">
          <strong>Warnings</strong>
          <ul>
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </div>
      )}
      <VerdictFacts verdict={verdict} />
      {permissions && <VerdictPermissions permissions={permissions} />}
      {stages.length > 0 && <VerdictStages stages={stages} />}
    </div>
  );
}
