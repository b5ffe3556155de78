import type { Database } from '../database';
import { SealedSecretEntity } from './sealed-secret.entity';

/** A secret that only the holder of the master key can open. Every version is kept. */
export interface SealedSecretRow {
  /** Counts from 1. */
  readonly version: number;
  readonly masterKeyId: string;
  readonly wrappedKey: string;
  readonly ciphertext: string;
}

/** The storage of the `local` secret store. */
export class SealedSecretRepository {
  constructor(private readonly database: Database) {}

  /** Adds a version and answers it. Throws DatabaseError, keeping nothing, if that version is there already. */
  async put(tenantId: string, path: string, sealed: SealedSecretRow): Promise<number> {
    const { version, masterKeyId, wrappedKey, ciphertext } = sealed;
    const row = { tenantId, path, version, masterKeyId, wrappedKey, ciphertext };
    await this.database.manager().insert(SealedSecretEntity, row);
    return version;
  }

  /** That version, or the newest; null if there is none. */
  async get(tenantId: string, path: string, version?: number): Promise<SealedSecretRow | null> {
    const found = await this.database.manager().findOne(SealedSecretEntity, {
      where: version === undefined ? { tenantId, path } : { tenantId, path, version },
      order: { version: 'DESC' },
    });
    if (!found) return null;
    const { masterKeyId, wrappedKey, ciphertext } = found;
    return { version: found.version, masterKeyId, wrappedKey, ciphertext };
  }
}
