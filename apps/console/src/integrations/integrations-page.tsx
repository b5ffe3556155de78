import type { IntegrationHealth, IntegrationView, ProviderDescriptor } from '@integrations/contracts';
import { Link } from 'react-router';
import { usePaged } from '../api/paged';
import { useMay } from '../session/session-context';
import { Badge } from '../ui/badge';
import { FilterSelect } from '../ui/filter-select';
import { FilterText } from '../ui/filter-text';
import { isFiltered, useFilters } from '../ui/filters';
import { List } from '../ui/list';
import { Time } from '../ui/time';
import { HealthBadge } from './health-badge';
import { HealthCounts } from './health-counts';
import { nameOf, useProviders } from './providers';
import { HEALTH_STATUSES, TYPE_NAMES } from './words';
import { Table } from '../ui/table';
import { PageHeading } from '../ui/page-heading';

const REFRESH_MS = 15_000;

/** The catalog of integrations. */
export function IntegrationsPage() {
  const [filters, bind] = useFilters(['q', 'type', 'provider', 'health', 'enabled', 'tag', 'deleted']);
  const list = usePaged<IntegrationView>('/integrations', filters, REFRESH_MS);
  const { data: providers = [] } = useProviders();
  const mayWrite = useMay('integrations:write');
  return (
    <>
      <div className="head">
        <PageHeading>Catalog</PageHeading>
        {mayWrite && (
          <Link className="button primary" to="/integrations/new">
            New integration
          </Link>
        )}
      </div>
      <search className="filters">
        <FilterText label="Search" {...bind('q')} />
        <FilterSelect label="Type" options={Object.entries(TYPE_NAMES)} {...bind('type')} />
        <FilterSelect
          label="Provider"
          options={providers.map(({ provider, displayName }) => [provider, displayName])}
          {...bind('provider')}
        />
        <FilterSelect label="Health" options={HEALTH_STATUSES.map((status) => [status, status])} {...bind('health')} />
        <FilterSelect
          label="Enabled"
          options={[
            ['true', 'enabled'],
            ['false', 'disabled'],
          ]}
          {...bind('enabled')}
        />
        <FilterText label="Tag" {...bind('tag')} />
        <label>
          <input
            type="checkbox"
            checked={filters.deleted === 'true'}
            onChange={(event) => bind('deleted').onChange(event.target.checked ? 'true' : '')}
          />{' '}
          deleted only
        </label>
      </search>
      <HealthCounts filters={filters} everyMs={REFRESH_MS} />
      <List list={list} empty={isFiltered(filters) ? 'No integration matches.' : 'No integration is registered yet.'}>
        {(integrations) => <Integrations integrations={integrations} providers={providers} />}
      </List>
    </>
  );
}

interface IntegrationsProps {
  readonly integrations: readonly IntegrationView[];
  readonly providers: readonly ProviderDescriptor[];
}

function Integrations({ integrations, providers }: IntegrationsProps) {
  return (
    <Table columns={['Name', 'Health', 'Since', 'Provider', 'Endpoint', 'Checked']}>
      {integrations.map((integration) => (
        <tr key={integration.id}>
          <th scope="row">
            <Link to={`/integrations/${integration.id}`}>{integration.name}</Link> <Marks of={integration} />
          </th>
          <td className="text">
            <HealthBadge health={integration.health} /> <Why of={integration.health} />
          </td>
          <td>{integration.health.since ? <Time at={integration.health.since} /> : '–'}</td>
          <td className="nowrap">
            {nameOf(integration.provider, providers)}
            <div className="quiet">{TYPE_NAMES[integration.type]}</div>
          </td>
          <td className="text">
            <code className="clamped" title={integration.endpoint}>
              {integration.endpoint}
            </code>
          </td>
          <td>{integration.health.checkedAt ? <Time at={integration.health.checkedAt} /> : 'never'}</td>
        </tr>
      ))}
    </Table>
  );
}

/** The beginning of the error, if there is one. The integration's page shows all of it and the remedy. */
function Why({ of: { code, message } }: { of: IntegrationHealth }) {
  if (code === null || code === 'ok') return null;
  return (
    <div className="clamped" title={message ?? undefined}>
      <code>{code}</code> {message}
    </div>
  );
}

/** Badges for anything special about an integration: deleted, disabled, maintenance, posting offline, tags. */
export function Marks({ of: { enabled, posting, maintenance, tags, deletedAt } }: { of: IntegrationView }) {
  return (
    <>
      {deletedAt && <Badge tone="neutral">deleted</Badge>} {!enabled && <Badge tone="neutral">disabled</Badge>}{' '}
      {maintenance && <Badge tone="active">maintenance</Badge>}{' '}
      {posting === 'offline' && <Badge tone="warn">posting offline</Badge>}
      {tags.length > 0 && <div className="quiet">{tags.join(' · ')}</div>}
    </>
  );
}
