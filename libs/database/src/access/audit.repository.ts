import type { Page } from '@integrations/contracts';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../database';
import { newestFirst, type PageRequest } from '../page';
import type { Transaction } from '../transaction';
import { AuditEntity } from './audit.entity';

/** Who did what, and how it ended. `detail` holds no secret and no AuthRef path. */
export interface AuditRow {
  readonly id: string;
  readonly tenantId: string;
  readonly at: Date;
  readonly actor: string;
  readonly app: string;
  readonly action: string;
  readonly integrationId: string | null;
  readonly outcome: string;
  readonly detail: Record<string, unknown>;
}

export type NewAuditEntry = Omit<AuditRow, 'id' | 'at'>;

export interface AuditFilter {
  readonly integrationId?: string | undefined;
  readonly action?: string | undefined;
}

/** The audit trail: PostgreSQL itself refuses to change or remove a row. */
export class AuditRepository {
  constructor(private readonly database: Database) {}

  async append(entry: NewAuditEntry, tx?: Transaction): Promise<void> {
    const { tenantId, actor, app, action, integrationId, outcome, detail } = entry;
    const row = { id: uuidv7(), tenantId, actor, app, action, integrationId, outcome, detail };
    await this.database.manager(tx).insert(AuditEntity, row as QueryDeepPartialEntity<AuditEntity>);
  }

  /** Newest first. Throws InvalidCursor. */
  async list(tenantId: string, filter: AuditFilter, page: PageRequest): Promise<Page<AuditRow>> {
    const query = this.database.manager().createQueryBuilder(AuditEntity, 'a').where('a.tenantId = :tenantId', {
      tenantId,
    });
    if (filter.integrationId !== undefined) query.andWhere('a.integrationId = :integrationId', filter);
    if (filter.action !== undefined) query.andWhere('a.action = :action', filter);
    const { items, nextCursor } = await newestFirst(query, 'at', page);
    return { items: items.map((row) => ({ ...row })), nextCursor };
  }
}
