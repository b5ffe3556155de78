import type { ErrorCode, HealthStatus } from '@integrations/contracts';

/** `works`: a post went through. `refused`: the vendor refused its credential, or no credential could be resolved. */
export type Evidence = 'works' | 'refused';

const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'unauthenticated',
  'permission_missing',
  'not_installed',
  'secret_unresolvable',
]);

/** The evidence in the event of an annotation; null if it says nothing about the connection. */
export function evidenceOf(event: string, errorCode: ErrorCode | undefined): Evidence | null {
  if (event === 'annotation_posted') return 'works';
  return event === 'annotation_failed' && errorCode !== undefined && REFUSALS.has(errorCode) ? 'refused' : null;
}

/**
 * Whether the evidence contradicts the believed status, so that a probe must decide. A post through a degraded
 * integration proves nothing: other operations may need what is missing there.
 */
export function contradicts(evidence: Evidence, believed: HealthStatus): boolean {
  return evidence === 'works' ? believed === 'unhealthy' : believed === 'healthy' || believed === 'degraded';
}
