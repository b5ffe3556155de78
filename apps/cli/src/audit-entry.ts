import type { NewAuditEntry } from '@integrations/database';

/** The audit entry of a command. */
export function auditEntry(
  tenantId: string,
  action: string,
  detail: NewAuditEntry['detail'],
  outcome: NewAuditEntry['outcome'] = 'succeeded',
): NewAuditEntry {
  return { tenantId, actor: 'cli', app: 'cli', action, integrationId: null, outcome, detail };
}
