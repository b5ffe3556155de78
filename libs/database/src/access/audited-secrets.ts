import { ProbeScheduleRepository } from '../catalog/probe-schedule.repository';
import type { Database } from '../database';
import type { AuditRepository, NewAuditEntry } from './audit.repository';
import type { SealedSecretRepository } from './sealed-secret.repository';

export interface AuditedSecretsOptions {
  readonly database: Database;
  readonly secrets: SealedSecretRepository;
  readonly audit: AuditRepository;
  /** What tells of a version. */
  readonly entryOf: (version: number) => NewAuditEntry;
  /** What names the secret. */
  readonly authRef: string;
}

/**
 * Sealed secrets of which each version is written with its audit entry, or not at all. What fails for want of it is
 * checked at once: by itself it would be looked at after up to 15 minutes.
 */
export function auditedSecrets({
  database,
  secrets,
  audit,
  entryOf,
  authRef,
}: AuditedSecretsOptions): Pick<SealedSecretRepository, 'get' | 'put'> {
  const schedule = new ProbeScheduleRepository(database);
  return {
    get: (...place) => secrets.get(...place),
    put: (tenantId, path, sealed) =>
      database.transaction(async (tx) => {
        const version = await secrets.put(tenantId, path, sealed, tx);
        await schedule.wakeFailing(tenantId, authRef, tx);
        await audit.append(entryOf(version), tx);
        return version;
      }),
  };
}
