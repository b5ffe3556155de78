import type { IntegrationView } from '@integrations/contracts';
import type { ReactNode } from 'react';
import { Navigate, NavLink, Route, Routes, useParams } from 'react-router';
import { useMay } from '../../session/session-context';
import { useTitle } from '../../ui/use-title';
import { AuditTab } from './audit-tab';
import { ContentsTab } from './contents/contents-tab';
import { kindsOf } from './contents/kinds';
import { DependentsTab } from './dependents-tab';
import { EventsTab } from './events-tab';
import { HealthTab } from './health/health-tab';
import { OverviewTab } from './overview-tab';

interface Tab {
  /** Empty for the first tab. */
  readonly path: string;
  readonly name: string;
  readonly shown: boolean;
  readonly element: ReactNode;
}

/** The tabs of an integration. The data of each is fetched when it is opened. */
export function Tabs({ integration }: { integration: IntegrationView }) {
  const base = `/integrations/${integration.id}`;
  const tabs = useTabs(integration).filter(({ shown }) => shown);
  const { '*': rest = '' } = useParams();
  const current = tabs.find(({ path }) => path !== '' && path === rest.split('/')[0]);
  useTitle(current ? `${integration.name}: ${current.name}` : integration.name);
  return (
    <>
      <nav className="tabs" aria-label="Parts of the integration">
        {tabs.map(({ path, name }) => (
          <NavLink key={path} to={path === '' ? base : `${base}/${path}`} end={path === ''} preventScrollReset>
            {name}
          </NavLink>
        ))}
      </nav>
      <Routes>
        {tabs.map(({ path, element }) => (
          <Route key={path} path={path === '' ? '' : `${path}/*`} element={element} />
        ))}
        <Route path="*" element={<Navigate to={base} replace />} />
      </Routes>
    </>
  );
}

function useTabs(integration: IntegrationView): readonly Tab[] {
  const { id, deletedAt, capabilities } = integration;
  const live = !deletedAt;
  // Reading from the vendor sends it the credential, as a test does, and requires the same scope.
  const mayAsk = useMay('integrations:test');
  const mayAudit = useMay('audit:read');
  return [
    { path: '', name: 'Overview', shown: true, element: <OverviewTab integration={integration} /> },
    { path: 'health', name: 'Health', shown: live, element: <HealthTab id={id} /> },
    {
      path: 'contents',
      name: 'Contents',
      shown: live && mayAsk && kindsOf(capabilities).length > 0,
      element: <ContentsTab integration={integration} />,
    },
    { path: 'events', name: 'Events', shown: true, element: <EventsTab id={id} /> },
    { path: 'dependents', name: 'Dependents', shown: live, element: <DependentsTab id={id} /> },
    { path: 'audit', name: 'Audit', shown: mayAudit, element: <AuditTab id={id} /> },
  ];
}
