import type { IntegrationView } from '@integrations/contracts';
import { Data } from '../../ui/data';
import { duration } from '../../ui/duration';
import { Time } from '../../ui/time';
import { LastCheck, PresentHealth } from './health/present-health';
import styles from './panels.module.css';

/** What an integration is, and how it fares now. */
export function OverviewTab({ integration }: { integration: IntegrationView }) {
  const { id, deletedAt, config } = integration;
  return (
    <div className={styles['panels']}>
      <div className={styles['column']}>
        {!deletedAt && <PresentHealth id={id} />}
        <section className="card">
          <h2>Configuration</h2>
          <Data value={config} />
        </section>
      </div>
      <section className="card">
        <h2>Registration</h2>
        <Registration of={integration} />
      </section>
      {!deletedAt && <LastCheck id={id} />}
    </div>
  );
}

function Registration({ of }: { of: IntegrationView }) {
  return (
    <dl className="facts">
      <dt>Description</dt>
      <dd>{of.description ?? <span className="quiet">none</span>}</dd>
      <dt>Endpoint</dt>
      <dd>
        <code>{of.endpoint}</code>
      </dd>
      <dt>AuthRef</dt>
      <dd>{of.authRef ? <code>{of.authRef}</code> : <span className="quiet">none</span>}</dd>
      <dt>Tags</dt>
      <dd>{of.tags.length > 0 ? of.tags.join(' · ') : <span className="quiet">none</span>}</dd>
      <dt>Checked every</dt>
      <dd>{duration(of.healthCheck.intervalSeconds * 1_000)}</dd>
      {of.type === 'scm' && (
        <>
          <dt>Posting</dt>
          <dd>{of.posting}</dd>
        </>
      )}
      <dt>Capabilities</dt>
      <dd>{of.capabilities.length > 0 ? of.capabilities.join(', ') : <span className="quiet">none</span>}</dd>
      <dt>Created</dt>
      <dd>
        <Time at={of.createdAt} />
      </dd>
      <dt>Updated</dt>
      <dd>
        <Time at={of.updatedAt} />
      </dd>
      <dt>Generation</dt>
      <dd>{of.generation}</dd>
      <dt>Id</dt>
      <dd>
        <code>{of.id}</code>
      </dd>
      <dt>Provider</dt>
      <dd>
        <code>{of.provider}</code>
      </dd>
      <dt>Tenant</dt>
      <dd>
        <code>{of.tenantId}</code>
      </dd>
    </dl>
  );
}
