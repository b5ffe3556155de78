import type { Database } from '../database';
import { PackedRows } from '../packed-rows';
import { rows } from '../sql';
import { TenantBatches } from '../tenant-batches';
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

/** Identifies a row. */
export interface SealedSecretPosition {
  readonly tenantId: string;
  readonly path: string;
  readonly version: number;
}

/** A secret to read: its newest version in this range. */
interface SecretQuery {
  readonly path: string;
  readonly from: number;
  readonly through: number;
}

/** The storage of the `local` secret store. */
export class SealedSecretRepository {
  readonly #reads: TenantBatches<SecretQuery, SealedSecretRow | null>;

  constructor(private readonly database: Database) {
    this.#reads = new TenantBatches((tenantId, queries) => this.#read(tenantId, queries), MAX_BATCH);
  }

  /** Adds a version and returns it. Throws DatabaseError, storing nothing, if that version exists. */
  async put(tenantId: string, path: string, sealed: SealedSecretRow, tx?: Transaction): Promise<number> {
    const { version, masterKeyId, wrappedKey, ciphertext } = sealed;
    const row = { tenantId, path, version, masterKeyId, wrappedKey, ciphertext };
    await this.database.ofTenant(tenantId, tx).insert(SealedSecretEntity, row);
    return version;
  }

  /** The given version, or the newest; null if there is none. */
  get(tenantId: string, path: string, version?: number): Promise<SealedSecretRow | null> {
    return this.#reads.add(tenantId, { path, from: version ?? 1, through: version ?? MAX_VERSION });
  }

  /** All tenants that have secrets. */
  async tenants(): Promise<string[]> {
    const found = await rows<{ tenantId: string }>(
      this.database.ofAllTenants(),
      'SELECT DISTINCT tenant_id AS "tenantId" FROM sealed_secret ORDER BY 1',
      [],
    );
    return found.map(({ tenantId }) => tenantId);
  }

  /** Number of a tenant's secrets whose newest version is sealed with none of these master keys. */
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

  /** A page of every version of a tenant's secrets, in order. Begin with `after` null. */
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

  /** Replaces the wrapped key of a row. False, changing nothing, if the row no longer has the wrapped key of `before`. */
  async replaceKey(
    { tenantId, path, version }: SealedSecretPosition,
    before: Pick<SealedSecretRow, 'wrappedKey'>,
    { masterKeyId, wrappedKey }: Pick<SealedSecretRow, 'masterKeyId' | 'wrappedKey'>,
    tx: Transaction,
  ): Promise<boolean> {
    const row = { tenantId, path, version, wrappedKey: before.wrappedKey };
    const { affected } = await this.database
      .ofTenant(tenantId, tx)
      .update(SealedSecretEntity, row, { masterKeyId, wrappedKey });
    return affected === 1;
  }

  async #read(tenantId: string, queries: readonly SecretQuery[]): Promise<(SealedSecretRow | null)[]> {
    const values = [QUERIES.pack(queries.map((query, item) => ({ item, ...query }))), tenantId];
    const found = await rows<SealedSecretRow & { item: number }>(this.database.ofTenant(tenantId), READ, values);
    const byItem = new Map(found.map(({ item, ...row }) => [item, row]));
    return queries.map((_, item) => byItem.get(item) ?? null);
  }
}

const MAX_BATCH = 50;
const MAX_VERSION = 2 ** 31 - 1;

const QUERIES = new PackedRows<SecretQuery & { readonly item: number }>({
  item: 'integer',
  path: 'text',
  from: 'integer',
  through: 'integer',
});

/** Planned on each call: a plan made while there were no secrets would read all of them for each one sought. */
const READ = `
  SELECT item, found.version, master_key_id AS "masterKeyId", wrapped_key AS "wrappedKey", ciphertext
  FROM ${QUERIES.sql} AS sought CROSS JOIN LATERAL (
    SELECT version, master_key_id, wrapped_key, ciphertext FROM sealed_secret
    WHERE tenant_id = $2 AND path = sought.path AND version BETWEEN sought.from AND sought.through
    ORDER BY version DESC LIMIT 1
  ) AS found`;
