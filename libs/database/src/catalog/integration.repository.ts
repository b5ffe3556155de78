import type { IntegrationType, Page } from '@integrations/contracts';
import { type EntityManager, IsNull, type SelectQueryBuilder } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import type { Database } from '../database';
import { isUniqueViolation, NameTaken } from '../errors';
import { newestFirst, type PageRequest } from '../page';
import type { Transaction } from '../transaction';
import { IntegrationEntity } from './integration.entity';

/** A live registration. `generation` counts its changes, from 1. */
export interface IntegrationRow {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly description: string | null;
  readonly type: IntegrationType;
  readonly provider: string;
  readonly endpoint: string;
  readonly authRef: string | null;
  readonly config: Record<string, unknown>;
  readonly tags: readonly string[];
  readonly enabled: boolean;
  readonly intervalSeconds: number;
  readonly generation: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type NewIntegration = Omit<IntegrationRow, 'generation' | 'createdAt' | 'updatedAt'>;

/** What an update may change; absent stays as it is. */
export type IntegrationChanges = Partial<
  Pick<
    IntegrationRow,
    'name' | 'description' | 'endpoint' | 'authRef' | 'config' | 'tags' | 'enabled' | 'intervalSeconds'
  >
>;

export interface IntegrationFilter {
  readonly type?: IntegrationType | undefined;
  readonly provider?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly tag?: string | undefined;
}

/** `missing`: no such live row of that tenant. `changed`: it has another generation than expected. */
export type Conflict = 'missing' | 'changed';

const UNIQUE_NAME = 'integration_live_name';

export class IntegrationRepository {
  constructor(private readonly database: Database) {}

  /** Throws NameTaken. */
  async insert(integration: NewIntegration, tx?: Transaction): Promise<IntegrationRow> {
    const manager = this.database.manager(tx);
    const values = { ...integration, tags: [...integration.tags] } as QueryDeepPartialEntity<IntegrationEntity>;
    await orNameTaken(integration.name, () => manager.insert(IntegrationEntity, values));
    const row = await live(manager, integration.tenantId, integration.id);
    if (!row) throw new Error(`integration ${integration.id} is gone right after it was inserted`);
    return row;
  }

  find(tenantId: string, id: string, tx?: Transaction): Promise<IntegrationRow | null> {
    return live(this.database.manager(tx), tenantId, id);
  }

  /** Newest first. Throws InvalidCursor. */
  async list(tenantId: string, filter: IntegrationFilter, page: PageRequest): Promise<Page<IntegrationRow>> {
    const query = this.#liveOf(tenantId);
    if (filter.type !== undefined) query.andWhere('i.type = :type', { type: filter.type });
    if (filter.provider !== undefined) query.andWhere('i.provider = :provider', { provider: filter.provider });
    if (filter.enabled !== undefined) query.andWhere('i.enabled = :enabled', { enabled: filter.enabled });
    if (filter.tag !== undefined) query.andWhere('i.tags @> ARRAY[:tag]::text[]', { tag: filter.tag });
    const { items, nextCursor } = await newestFirst(query, 'createdAt', page);
    return { items: items.map(toRow), nextCursor };
  }

  /** The enabled ones of a type, oldest first. */
  async listEnabled(tenantId: string, type: IntegrationType, tx?: Transaction): Promise<IntegrationRow[]> {
    const query = this.#liveOf(tenantId, tx).andWhere('i.type = :type AND i.enabled', { type });
    const found = await query.orderBy('i.createdAt').addOrderBy('i.id').getMany();
    return found.map(toRow);
  }

  /** Changes the row and adds one to its generation. Throws NameTaken. */
  update(
    tenantId: string,
    id: string,
    expectedGeneration: number,
    changes: IntegrationChanges,
    tx?: Transaction,
  ): Promise<IntegrationRow | Conflict> {
    const values = changes as QueryDeepPartialEntity<IntegrationEntity>;
    const manager = this.database.manager(tx);
    return orNameTaken(changes.name ?? '', () => change(manager, tenantId, id, expectedGeneration, values));
  }

  /** Takes the row out of sight and its name free; answers it as it was last, with its last generation. */
  softDelete(
    tenantId: string,
    id: string,
    expectedGeneration: number,
    tx?: Transaction,
  ): Promise<IntegrationRow | Conflict> {
    const values = { deletedAt: () => 'now()' };
    return change(this.database.manager(tx), tenantId, id, expectedGeneration, values);
  }

  #liveOf(tenantId: string, tx?: Transaction): SelectQueryBuilder<IntegrationEntity> {
    return this.database
      .manager(tx)
      .createQueryBuilder(IntegrationEntity, 'i')
      .where('i.tenantId = :tenantId AND i.deletedAt IS NULL', { tenantId });
  }
}

async function live(manager: EntityManager, tenantId: string, id: string): Promise<IntegrationRow | null> {
  const found = await manager.findOneBy(IntegrationEntity, { tenantId, id, deletedAt: IsNull() });
  return found && toRow(found);
}

async function change(
  manager: EntityManager,
  tenantId: string,
  id: string,
  generation: number,
  values: QueryDeepPartialEntity<IntegrationEntity>,
): Promise<IntegrationRow | Conflict> {
  const { affected } = await manager.update(
    IntegrationEntity,
    { tenantId, id, generation, deletedAt: IsNull() },
    { ...values, generation: generation + 1, updatedAt: () => 'now()' },
  );
  if (affected === 0) return (await live(manager, tenantId, id)) ? 'changed' : 'missing';
  const changed = await manager.findOneBy(IntegrationEntity, { tenantId, id });
  return changed ? toRow(changed) : 'missing';
}

async function orNameTaken<T>(name: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw isUniqueViolation(error, UNIQUE_NAME) ? new NameTaken(name) : error;
  }
}

function toRow({ deletedAt: _, ...row }: IntegrationEntity): IntegrationRow {
  return row;
}
