import type { Database } from '../database';
import { rows } from '../sql';
import type { Transaction } from '../transaction';
import { SealedSecretEntity } from './sealed-secret.entity';

/** A secret that only the holder of the master key can open. Every version is kept. */
export interface SealedSecretRow {
  /** Counts from 1. */
  readonly version: number;
  readonly masterKeyId: string;
  readonly wrappedKey: string;
  readonly ciphertext: string;
}

/** Names a row; they are in this order. */
export interface SealedSecretPosition {
  readonly tenantId: string;
  readonly path: string;
  readonly version: number;
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

  /** Every version of every tenant's secrets, a page in order; begin with `after` null. */
  async listAfter(
    after: SealedSecretPosition | null,
    limit: number,
  ): Promise<(SealedSecretPosition & SealedSecretRow)[]> {
    const { tenantId = '', path = '', version = 0 } = after ?? {};
    return rows(
      this.database.manager(),
      `SELECT tenant_id AS "tenantId", path, version, master_key_id AS "masterKeyId", wrapped_key AS "wrappedKey",
              ciphertext
       FROM sealed_secret WHERE (tenant_id, path, version) > ($1, $2, $3::integer)
       ORDER BY tenant_id, path, version LIMIT $4`,
      [tenantId, path, version, limit],
    );
  }

  /** Replaces the wrapped key of a row; false, changing nothing, if the row has another than `before` by now. */
  async replaceKey(
    { tenantId, path, version }: SealedSecretPosition,
    before: Pick<SealedSecretRow, 'wrappedKey'>,
    { masterKeyId, wrappedKey }: Pick<SealedSecretRow, 'masterKeyId' | 'wrappedKey'>,
    tx?: Transaction,
  ): Promise<boolean> {
    const row = { tenantId, path, version, wrappedKey: before.wrappedKey };
    const { affected } = await this.database.manager(tx).update(SealedSecretEntity, row, { masterKeyId, wrappedKey });
    return affected === 1;
  }
}
