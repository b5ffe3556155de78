import type { ApiScope } from '../session/session';

interface Place {
  readonly path: string;
  readonly name: string;
  readonly scope: ApiScope;
}

/** The entries of the main navigation. Only those that the token allows are shown. */
export const PLACES: readonly Place[] = [
  { path: '/integrations', name: 'Catalog', scope: 'integrations:read' },
  { path: '/annotations', name: 'Annotations', scope: 'annotations:read' },
  { path: '/audit', name: 'Audit', scope: 'audit:read' },
];
