import { ProbeScheduleRepository } from '../catalog/probe-schedule.repository';
import type { Database } from '../database';
import type { AuditRepository, NewAuditEntry } from './audit.repository';
import type { SealedSecretRepository } from './sealed-secret.repository';

export interface AuditedSecretsOptions {
  readonly database: Database;
  readonly secrets: SealedSecretRepository;
  readonly audit: AuditRepository;
  /** The audit entry for a new version. */
  readonly entryOf: (version: number) => NewAuditEntry;
  /** The reference that names the secret. */
  readonly authRef: string;
}

/**
 * Sealed secrets whose versions are each written together with an audit entry, or not at all. A new version wakes the
 * integrations that use the secret and are failing. Otherwise their next probe could be up to 15 minutes away.
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
