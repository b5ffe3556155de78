import { createBrowserRouter, type RouteObject } from 'react-router';
import { AnnotationsPage } from './annotations/annotations-page';
import { OfflinePage } from './annotations/offline/offline-page';
import { OperationPage } from './annotations/operation-page';
import { AuditPage } from './audit/audit-page';
import { EditIntegrationPage } from './integrations/form/edit-page';
import { NewIntegrationPage } from './integrations/form/new-page';
import { IntegrationPage } from './integrations/integration-page';
import { IntegrationsPage } from './integrations/integrations-page';
import { FailedPage } from './layout/failed-page';
import { FirstPage } from './layout/first-page';
import { NotFound } from './layout/not-found';
import { Shell } from './layout/shell';
import { NeedsScope } from './session/needs-scope';
import type { ApiScope } from './session/session';

export const router = createBrowserRouter(
  [
    {
      Component: Shell,
      // Inside the frame, so that the navigation stays usable when a page fails.
      children: [
        {
          ErrorBoundary: FailedPage,
          children: [
            { index: true, Component: FirstPage },
            needing('integrations:read', [
              { path: 'integrations', Component: IntegrationsPage },
              { path: 'integrations/:id/*', Component: IntegrationPage },
              needing('integrations:write', [
                { path: 'integrations/new', Component: NewIntegrationPage },
                { path: 'integrations/:id/edit', Component: EditIntegrationPage },
              ]),
            ]),
            needing('annotations:read', [
              { path: 'annotations', Component: AnnotationsPage },
              { path: 'annotations/offline', Component: OfflinePage },
              { path: 'annotations/:operationId', Component: OperationPage },
            ]),
            needing('audit:read', [{ path: 'audit', Component: AuditPage }]),
            { path: '*', Component: NotFound },
          ],
        },
      ],
    },
  ],
  { basename: '/console' },
);

function needing(scope: ApiScope, children: RouteObject[]): RouteObject {
  return { element: <NeedsScope scope={scope} />, children };
}
