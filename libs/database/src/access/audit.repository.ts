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

/** Who did what, and how it ended. `detail` holds no secret and no AuthRef path. */
export interface AuditRow {
  readonly id: string;
  readonly tenantId: string;
  /** Its place in the tenant's chain: from 1, without gaps. */
  readonly position: number;
  readonly at: Date;
  readonly actor: string;
  readonly app: string;
  readonly action: string;
  readonly integrationId: string | null;
  readonly outcome: string;
  readonly detail: Record<string, unknown>;
  /** SHA-256 over this entry and the hash of the one before. */
  readonly hash: Buffer;
}

export type NewAuditEntry = Omit<AuditRow, 'id' | 'position' | 'at' | 'hash'>;

export interface AuditFilter {
  readonly position?: number | undefined;
  readonly integrationId?: string | undefined;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  /** Not before. */
  readonly since?: Date | undefined;
  /** Before. */
  readonly until?: Date | undefined;
}

/**
 * The audit trail: a hash chain for each tenant. PostgreSQL seals each entry under a lock of the tenant, and refuses to
 * change or remove one.
 */
export class AuditRepository {
  readonly #appends: TenantBatches<NewAuditEntry, void>;

  constructor(private readonly database: Database) {
    this.#appends = new TenantBatches((tenantId, entries) => this.#insert(tenantId, entries), MOST_AT_ONCE);
  }

  /**
   * With a transaction the entry is written as the last thing before its commit, so that the tenant's other writers wait
   * for the commit alone; what fails then fails the transaction.
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
    // Times never go back along the chain; beginning with them serves the bounds above by the same index.
    if (cursor !== undefined) query.andWhere('(a.at, a.position) < (:cursorAt, :cursorPosition)', decode(cursor));
    const ordered = query.orderBy('a.at', 'DESC').addOrderBy('a.position', 'DESC');
    const found = await ordered.limit(limit + 1).getMany();
    return pageOf(found, limit, ({ at, position }) => `${at.getTime()} ${position}`);
  }

  /** Whether the tenant's chain is whole and, with keys, as it was signed; what is broken where. Throws the signal's reason. */
  verify(tenantId: string, signal?: AbortSignal, keys: DigestKeys | null = null): Promise<AuditVerification> {
    return verifyAudit(this.database, tenantId, { keys, signal });
  }

  /** All that have a chain, or entries or digests without one. */
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

/** A tenant's other writers wait until they are committed. */
const MOST_AT_ONCE = 50;

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

/** Leaps from one tenant to the next: there are many rows of each. */
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
