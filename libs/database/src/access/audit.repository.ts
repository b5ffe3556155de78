import type { Page } from '@integrations/contracts';
import { v7 as uuidv7 } from 'uuid';
import type { Database, PreparedStatement } from '../database';
import { InvalidCursor } from '../errors';
import { PackedRows } from '../packed-rows';
import { pageOf, type PageRequest, positionIn } from '../page';
import { rows } from '../sql';
import { TenantBatches } from '../tenant-batches';
import { Transaction } from '../transaction';
import type { DigestKeys } from './audit-digest';
import { AuditEntity } from './audit.entity';
import { type AuditVerification, verifyAudit } from './audit-verification';

/** Who did what, with what outcome. `detail` holds no secret and no AuthRef path. */
export interface AuditRow {
  readonly id: string;
  readonly tenantId: string;
  /** Position in the tenant's chain: from 1, without gaps. */
  readonly position: number;
  readonly at: Date;
  readonly actor: string;
  readonly app: string;
  readonly action: string;
  readonly integrationId: string | null;
  readonly outcome: string;
  readonly detail: Record<string, unknown>;
  /** SHA-256 over this entry and the hash of the previous one. */
  readonly hash: Buffer;
}

export type NewAuditEntry = Omit<AuditRow, 'id' | 'position' | 'at' | 'hash'>;

export interface AuditFilter {
  readonly position?: number | undefined;
  readonly integrationId?: string | undefined;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  /** At this time or later. */
  readonly since?: Date | undefined;
  /** Before this time. */
  readonly until?: Date | undefined;
}

/**
 * The audit trail: a hash chain for each tenant. PostgreSQL seals each entry under a lock of the tenant, and refuses to
 * change or remove entries.
 */
export class AuditRepository {
  readonly #appends: TenantBatches<NewAuditEntry, void>;

  constructor(private readonly database: Database) {
    this.#appends = new TenantBatches((tenantId, entries) => this.#insert(tenantId, entries), MAX_BATCH);
  }

  /**
   * With a transaction, the entry is written right before the commit, so that the tenant's other writers wait only for the
   * commit. If that write fails, the transaction fails.
   */
  async append(entry: NewAuditEntry, tx?: Transaction): Promise<void> {
    if (!tx) return this.#appends.add(entry.tenantId, entry);
    Transaction.doLast(tx, async () => void (await this.#insert(entry.tenantId, [entry], tx)));
  }

  /** Newest first. Throws InvalidCursor. */
  async list(tenantId: string, filter: AuditFilter, { limit, cursor }: PageRequest): Promise<Page<AuditRow>> {
    const query = this.database
      .ofTenant(tenantId)
      .createQueryBuilder(AuditEntity, 'a')
      .where('a.tenantId = :tenantId', { tenantId });
    if (filter.position !== undefined) query.andWhere('a.position = :position', filter);
    if (filter.integrationId !== undefined) query.andWhere('a.integrationId = :integrationId', filter);
    if (filter.actor !== undefined) query.andWhere('a.actor = :actor', filter);
    if (filter.action !== undefined) query.andWhere('a.action = :action', filter);
    if (filter.since !== undefined) query.andWhere('a.at >= :since', filter);
    if (filter.until !== undefined) query.andWhere('a.at < :until', filter);
    // Times never decrease along the chain. Ordering by time first lets the same index serve the time bounds above.
    if (cursor !== undefined) query.andWhere('(a.at, a.position) < (:cursorAt, :cursorPosition)', decode(cursor));
    const ordered = query.orderBy('a.at', 'DESC').addOrderBy('a.position', 'DESC');
    const found = await ordered.limit(limit + 1).getMany();
    return pageOf(found, limit, ({ at, position }) => `${at.getTime()} ${position}`);
  }

  /** Checks that the tenant's chain is whole and, with keys, matches its signed digests. Throws the signal's reason. */
  verify(tenantId: string, signal?: AbortSignal, keys: DigestKeys | null = null): Promise<AuditVerification> {
    return verifyAudit(this.database, tenantId, { keys, signal });
  }

  /** All tenants that have a chain, or that have entries or digests without one. */
  async tenants(): Promise<string[]> {
    const found = await rows<{ tenantId: string }>(
      this.database.ofAllTenants(),
      `SELECT tenant_id AS "tenantId" FROM audit_head
       UNION ${tenantsIn('audit_entry')} UNION ${tenantsIn('audit_digest')} ORDER BY 1`,
      [],
    );
    return found.map(({ tenantId }) => tenantId);
  }

  async #insert(tenantId: string, entries: readonly NewAuditEntry[], tx?: Transaction): Promise<void[]> {
    const identified = entries.map((entry) => ({ id: uuidv7(), ...entry }));
    await this.database.prepared(APPEND, [ENTRIES.pack(identified)], { tenantId }, tx);
    return [];
  }
}

/** Limits a batch, because the tenant's other writers wait until it is committed. */
const MAX_BATCH = 50;

const ENTRIES = new PackedRows<Pick<AuditRow, 'id'> & NewAuditEntry>({
  id: 'uuid',
  tenantId: 'text',
  actor: 'text',
  app: 'text',
  action: 'text',
  integrationId: 'uuid',
  outcome: 'text',
  detail: 'jsonb',
});

const APPEND: PreparedStatement = {
  name: 'audit_append',
  text: `INSERT INTO audit_entry (id, tenant_id, actor, app, action, integration_id, outcome, detail)
         SELECT id, "tenantId", actor, app, action, "integrationId", outcome, detail FROM ${ENTRIES.sql} AS entry`,
};

/** Skips through the index from one tenant to the next, because each tenant has many rows. */
function tenantsIn(table: string): string {
  return `
    (WITH RECURSIVE named AS (
       (SELECT tenant_id FROM ${table} ORDER BY tenant_id LIMIT 1)
       UNION ALL
       SELECT (SELECT t.tenant_id FROM ${table} t WHERE t.tenant_id > n.tenant_id ORDER BY t.tenant_id LIMIT 1)
       FROM named n WHERE n.tenant_id IS NOT NULL
     )
     SELECT tenant_id FROM named WHERE tenant_id IS NOT NULL)`;
}

function decode(cursor: string): { cursorAt: Date; cursorPosition: number } {
  const numbers = /^(\d{1,15}) (\d{1,15})$/.exec(positionIn(cursor));
  const cursorAt = new Date(Number(numbers?.[1] ?? NaN));
  if (Number.isNaN(cursorAt.getTime())) throw new InvalidCursor();
  return { cursorAt, cursorPosition: Number(numbers?.[2]) };
}
