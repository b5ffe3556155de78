import type { NewAuditEntry } from '@integrations/database';
import type { Caller } from '../access/caller';
import { APP_NAME } from '../app-name';

/** Without `outcome`, the action succeeded; without `integrationId`, it concerns no integration. */
type AuditedAction = Pick<NewAuditEntry, 'action' | 'detail'> &
  Partial<Pick<NewAuditEntry, 'integrationId' | 'outcome'>>;

/** The audit entry of a caller's action. */
export function auditEntry({ tenantId, name: actor }: Caller, action: AuditedAction): NewAuditEntry {
  return { tenantId, actor, app: APP_NAME, integrationId: null, outcome: 'succeeded', ...action };
}
