import type { AuditEntryView, AuditVerificationView } from '@integrations/contracts';
import type { AuditRow, AuditVerification } from '@integrations/database';

export function toAuditEntryView({ at, hash, ...row }: AuditRow): AuditEntryView {
  return { ...row, at: at.toISOString(), hash: hash.toString('hex') };
}

export function toVerificationView({ head, ...verification }: AuditVerification): AuditVerificationView {
  return { ...verification, head: head && { position: head.position, hash: head.hash.toString('hex') } };
}
