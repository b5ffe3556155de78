import type { NewAuditEntry } from '@integrations/database';
import type { Caller } from '../access/caller';
import { APP_NAME } from '../app-name';

/** It succeeded and is about no integration, unless that is told. */
type Told = Pick<NewAuditEntry, 'action' | 'detail'> & Partial<Pick<NewAuditEntry, 'integrationId' | 'outcome'>>;

/** What a caller did, for the audit trail. */
export function auditEntry({ tenantId, name: actor }: Caller, told: Told): NewAuditEntry {
  return { tenantId, actor, app: APP_NAME, integrationId: null, outcome: 'succeeded', ...told };
}
