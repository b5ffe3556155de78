import type { Database } from '../database';
import { rows } from '../sql';
import type { Transaction } from '../transaction';

/** A consumer that has declared that it relies on an integration. */
export interface DependentRow {
  readonly consumer: string;
  readonly note: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What `put` did; `missing`: the tenant has no such live integration. */
export type PutDependent = 'added' | 'changed' | 'unchanged' | 'missing';

const COLUMNS = `consumer, note, created_at AS "createdAt", updated_at AS "updatedAt"`;

export class DependentRepository {
  constructor(private readonly database: Database) {}

  /** By name. Dependents of a deleted integration are kept until it is purged. */
  list(tenantId: string, integrationId: string, tx?: Transaction): Promise<DependentRow[]> {
    return rows(
      this.database.ofTenant(tenantId, tx),
      `SELECT ${COLUMNS} FROM integration_dependent WHERE tenant_id = $1 AND integration_id = $2 ORDER BY consumer`,
      [tenantId, integrationId],
    );
  }

  async find(
    tenantId: string,
    integrationId: string,
    consumer: string,
    tx?: Transaction,
  ): Promise<DependentRow | null> {
    const [found] = await rows<DependentRow>(
      this.database.ofTenant(tenantId, tx),
      `SELECT ${COLUMNS} FROM integration_dependent WHERE tenant_id = $1 AND integration_id = $2 AND consumer = $3`,
      [tenantId, integrationId, consumer],
    );
    return found ?? null;
  }

  /** Locks the integration until the transaction ends, so that a concurrent deletion waits and sees the dependent. */
  async put(
    tenantId: string,
    integrationId: string,
    { consumer, note }: Pick<DependentRow, 'consumer' | 'note'>,
    tx: Transaction,
  ): Promise<PutDependent> {
    const manager = this.database.ofTenant(tenantId, tx);
    const live = await rows(
      manager,
      'SELECT 1 FROM integration WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL FOR SHARE',
      [tenantId, integrationId],
    );
    if (live.length === 0) return 'missing';
    const [written] = await rows<{ added: boolean }>(
      manager,
      `INSERT INTO integration_dependent AS d (tenant_id, integration_id, consumer, note) VALUES ($1, $2, $3, $4)
       ON CONFLICT (integration_id, consumer) DO UPDATE SET note = excluded.note, updated_at = now()
       WHERE d.note IS DISTINCT FROM excluded.note
       RETURNING xmax = 0 AS added`,
      [tenantId, integrationId, consumer, note],
    );
    if (!written) return 'unchanged';
    return written.added ? 'added' : 'changed';
  }

  /** False if there was no such dependent. */
  async remove(tenantId: string, integrationId: string, consumer: string, tx: Transaction): Promise<boolean> {
    const removed = await rows(
      this.database.ofTenant(tenantId, tx),
      `DELETE FROM integration_dependent WHERE tenant_id = $1 AND integration_id = $2 AND consumer = $3 RETURNING 1`,
      [tenantId, integrationId, consumer],
    );
    return removed.length === 1;
  }
}
