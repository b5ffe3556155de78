import { createBrowserRouter, Navigate } from 'react-router';
import { AnnotationsPage } from './annotations/annotations-page';
import { OfflinePage } from './annotations/offline/offline-page';
import { OperationPage } from './annotations/operation-page';
import { AuditPage } from './audit/audit-page';
import { EditIntegrationPage } from './integrations/form/edit-page';
import { NewIntegrationPage } from './integrations/form/new-page';
import { IntegrationPage } from './integrations/integration-page';
import { IntegrationsPage } from './integrations/integrations-page';
import { NotFound } from './layout/not-found';
import { Shell } from './layout/shell';

export const router = createBrowserRouter(
  [
    {
      Component: Shell,
      children: [
        { index: true, element: <Navigate to="/integrations" replace /> },
        { path: 'integrations', Component: IntegrationsPage },
        { path: 'integrations/new', Component: NewIntegrationPage },
        { path: 'integrations/:id/edit', Component: EditIntegrationPage },
        { path: 'integrations/:id/*', Component: IntegrationPage },
        { path: 'annotations', Component: AnnotationsPage },
        { path: 'annotations/offline', Component: OfflinePage },
        { path: 'annotations/:operationId', Component: OperationPage },
        { path: 'audit', Component: AuditPage },
        { path: '*', Component: NotFound },
      ],
    },
  ],
  { basename: '/console' },
);
