import type { IntegrationView } from '@integrations/contracts';
import { Link } from 'react-router';
import { useMay } from '../../session/session-context';
import { Time } from '../../ui/time';
import { HealthBadge } from '../health-badge';
import { Marks } from '../integrations-page';
import { nameOf, useProviders } from '../providers';
import { TYPE_NAMES } from '../words';
import { MaintenanceWindow } from './maintenance-window';
import styles from './page-head.module.css';

/** The name, kind and state of an integration. */
export function PageHead({ integration }: { integration: IntegrationView }) {
  const { id, name, provider, type, health, maintenance, deletedAt } = integration;
  const { data: providers } = useProviders();
  const mayReadLedger = useMay('annotations:read');
  return (
    <header className={styles['head']}>
      <h1>{name}</h1>
      <p className="quiet">
        {nameOf(provider, providers)} · {TYPE_NAMES[type]}
        {type === 'scm' && mayReadLedger && (
          <>
            {' · '}
            <Link to={`/annotations?integrationId=${id}`}>Its annotations</Link>
          </>
        )}
      </p>
      <div role="status">
        {!deletedAt && <HealthBadge health={health} />} <Marks of={integration} />
      </div>
      {maintenance && (
        <div>
          <MaintenanceWindow of={maintenance} />
        </div>
      )}
      {deletedAt && (
        <div>
          Deleted <Time at={deletedAt} />
        </div>
      )}
    </header>
  );
}
