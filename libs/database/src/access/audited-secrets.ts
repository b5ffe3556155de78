import type { Database } from '../database';
import type { AuditRepository, NewAuditEntry } from './audit.repository';
import type { SealedSecretRepository } from './sealed-secret.repository';

export interface AuditedSecretsOptions {
  readonly database: Database;
  readonly secrets: SealedSecretRepository;
  readonly audit: AuditRepository;
  /** What tells of a version. */
  readonly entryOf: (version: number) => NewAuditEntry;
}

/** Sealed secrets of which each version is written with its audit entry, or not at all. */
export function auditedSecrets({
  database,
  secrets,
  audit,
  entryOf,
}: AuditedSecretsOptions): Pick<SealedSecretRepository, 'get' | 'put'> {
  return {
    get: (...place) => secrets.get(...place),
    put: (tenantId, path, sealed) =>
      database.transaction(async (tx) => {
        const version = await secrets.put(tenantId, path, sealed, tx);
        await audit.append(entryOf(version), tx);
        return version;
      }),
  };
}
