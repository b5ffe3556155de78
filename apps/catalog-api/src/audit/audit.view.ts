import type { AuditBreakKind, AuditRow, AuditVerification, DigestVerification } from '@integrations/database';

/** An audit entry as it is shown. */
export interface AuditEntryView {
  readonly id: string;
  readonly tenantId: string;
  readonly position: number;
  readonly at: string;
  readonly actor: string;
  readonly app: string;
  readonly action: string;
  readonly integrationId: string | null;
  readonly outcome: string;
  readonly detail: Record<string, unknown>;
  /** Hexadecimal. */
  readonly hash: string;
}

export interface AuditVerificationView {
  readonly ok: boolean;
  readonly rows: number;
  readonly head: { readonly position: number; readonly hash: string } | null;
  readonly breaks: readonly AuditBreakView[];
  readonly digests: DigestVerification | null;
  readonly isComplete: boolean;
}

export interface AuditBreakView {
  readonly kind: AuditBreakKind;
  readonly position: number;
  readonly through: number | null;
  readonly auditId: string | null;
}

export function toAuditEntryView({ at, hash, ...row }: AuditRow): AuditEntryView {
  return { ...row, at: at.toISOString(), hash: hash.toString('hex') };
}

export function toVerificationView({ head, ...verification }: AuditVerification): AuditVerificationView {
  return { ...verification, head: head && { position: head.position, hash: head.hash.toString('hex') } };
}
