import type { ErrorCode, HealthStatus } from '@integrations/contracts';

/** What real traffic says of a connection: it went through, or the vendor refused its credential. */
export type Evidence = 'works' | 'refused';

const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'unauthenticated',
  'permission_missing',
  'not_installed',
  'secret_unresolvable',
]);

/** Of an annotation's end; null where it says nothing of the connection. */
export function evidenceOf(event: string, errorCode: ErrorCode | undefined): Evidence | null {
  if (event === 'annotation_posted') return 'works';
  return event === 'annotation_failed' && errorCode !== undefined && REFUSALS.has(errorCode) ? 'refused' : null;
}

/**
 * Whether evidence contradicts what is believed, so that a probe has to tell. A post through what is degraded proves
 * nothing: what is missing there may be missed by others.
 */
export function contradicts(evidence: Evidence, believed: HealthStatus): boolean {
  return evidence === 'works' ? believed === 'unhealthy' : believed === 'healthy' || believed === 'degraded';
}
