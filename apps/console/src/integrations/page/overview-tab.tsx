import type { IntegrationView } from '@integrations/contracts';
import { Data } from '../../ui/data';
import { duration } from '../../ui/duration';
import { Time } from '../../ui/time';
import { LastCheck, PresentHealth } from './health/present-health';
import styles from './panels.module.css';
import { Fact } from '../../ui/fact';

/** The registration of an integration, and its current health. */
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
      <Fact term="Description">{of.description ?? <span className="quiet">none</span>}</Fact>
      <Fact term="Endpoint">
        <code>{of.endpoint}</code>
      </Fact>
      <Fact term="AuthRef">{of.authRef ? <code>{of.authRef}</code> : <span className="quiet">none</span>}</Fact>
      <Fact term="Tags">{of.tags.length > 0 ? of.tags.join(' · ') : <span className="quiet">none</span>}</Fact>
      <Fact term="Checked every">{duration(of.healthCheck.intervalSeconds * 1_000)}</Fact>
      {of.type === 'scm' && <Fact term="Posting">{of.posting}</Fact>}
      <Fact term="Capabilities">
        {of.capabilities.length > 0 ? of.capabilities.join(', ') : <span className="quiet">none</span>}
      </Fact>
      <Fact term="Created">
        <Time at={of.createdAt} />
      </Fact>
      <Fact term="Updated">
        <Time at={of.updatedAt} />
      </Fact>
      <Fact term="Generation">{of.generation}</Fact>
      <Fact term="Id">
        <code>{of.id}</code>
      </Fact>
      <Fact term="Provider">
        <code>{of.provider}</code>
      </Fact>
      <Fact term="Tenant">
        <code>{of.tenantId}</code>
      </Fact>
    </dl>
  );
}
