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

/** Names a row. */
export interface SealedSecretPosition {
  readonly tenantId: string;
  readonly path: string;
  readonly version: number;
}

/** The storage of the `local` secret store. */
export class SealedSecretRepository {
  constructor(private readonly database: Database) {}

  /** Adds a version and answers it. Throws DatabaseError, keeping nothing, if that version is there already. */
  async put(tenantId: string, path: string, sealed: SealedSecretRow, tx?: Transaction): Promise<number> {
    const { version, masterKeyId, wrappedKey, ciphertext } = sealed;
    const row = { tenantId, path, version, masterKeyId, wrappedKey, ciphertext };
    await this.database.ofTenant(tenantId, tx).insert(SealedSecretEntity, row);
    return version;
  }

  /** That version, or the newest; null if there is none. */
  async get(tenantId: string, path: string, version?: number): Promise<SealedSecretRow | null> {
    const found = await this.database.ofTenant(tenantId).findOne(SealedSecretEntity, {
      where: version === undefined ? { tenantId, path } : { tenantId, path, version },
      order: { version: 'DESC' },
    });
    if (!found) return null;
    const { masterKeyId, wrappedKey, ciphertext } = found;
    return { version: found.version, masterKeyId, wrappedKey, ciphertext };
  }

  /** All that have secrets. */
  async tenants(): Promise<string[]> {
    const found = await rows<{ tenantId: string }>(
      this.database.ofAllTenants(),
      'SELECT DISTINCT tenant_id AS "tenantId" FROM sealed_secret ORDER BY 1',
      [],
    );
    return found.map(({ tenantId }) => tenantId);
  }

  /** How many secrets of a tenant have a newest version that is sealed with none of these master keys. */
  async countOthers(tenantId: string, masterKeyIds: readonly string[]): Promise<number> {
    const [found] = await rows<{ secrets: number }>(
      this.database.ofTenant(tenantId),
      `SELECT count(*)::int AS secrets FROM (
         SELECT DISTINCT ON (path) master_key_id FROM sealed_secret WHERE tenant_id = $1 ORDER BY path, version DESC
       ) AS newest WHERE master_key_id <> ALL ($2::text[])`,
      [tenantId, masterKeyIds],
    );
    return found?.secrets ?? 0;
  }

  /** Every version of a tenant's secrets, a page in order; begin with `after` null. */
  async listAfter(
    tenantId: string,
    after: Pick<SealedSecretPosition, 'path' | 'version'> | null,
    limit: number,
  ): Promise<(SealedSecretPosition & SealedSecretRow)[]> {
    const { path = '', version = 0 } = after ?? {};
    return rows(
      this.database.ofTenant(tenantId),
      `SELECT tenant_id AS "tenantId", path, version, master_key_id AS "masterKeyId", wrapped_key AS "wrappedKey",
              ciphertext
       FROM sealed_secret WHERE tenant_id = $1 AND (path, version) > ($2, $3::integer)
       ORDER BY path, version LIMIT $4`,
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
    const { affected } = await this.database
      .ofTenant(tenantId, tx)
      .update(SealedSecretEntity, row, { masterKeyId, wrappedKey });
    return affected === 1;
  }
}
