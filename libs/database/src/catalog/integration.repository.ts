import {
  type HealthStatus,
  type IntegrationType,
  type Page,
  type PostingMode,
  STALE_AFTER_INTERVALS,
} from '@integrations/contracts';
import { type EntityManager, IsNull, Not, type SelectQueryBuilder } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import type { Database, PreparedStatement } from '../database';
import { isUniqueViolation, NameTaken } from '../errors';
import { newestFirst, type PageRequest } from '../page';
import { columnsOf, rows } from '../sql';
import type { Transaction } from '../transaction';
import type { HealthRow } from './health.repository';
import { IntegrationEntity } from './integration.entity';
import { narrowToMatches, narrowToTagged, prefixQuery } from './search';

/** A registration. `generation` counts its changes, from 1. */
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
  /** `offline`: nothing is posted through it. */
  readonly posting: PostingMode;
  readonly intervalSeconds: number;
  /** End of the maintenance window, possibly in the past; null if there is none. */
  readonly maintenanceUntil: Date | null;
  readonly maintenanceReason: string | null;
  readonly generation: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Null while the integration is live. */
  readonly deletedAt: Date | null;
}

/** `posting` defaults to online. */
export type NewIntegration = Omit<
  IntegrationRow,
  'posting' | 'maintenanceUntil' | 'maintenanceReason' | 'generation' | 'createdAt' | 'updatedAt' | 'deletedAt'
> & { readonly posting?: PostingMode };

/** Identity and location of a registration. */
export type IntegrationPlace = Pick<IntegrationRow, 'id' | 'tenantId' | 'name' | 'provider' | 'endpoint' | 'config'>;

/** The fields that an update may change; absent ones stay as they are. */
export type IntegrationChanges = Partial<
  Pick<
    IntegrationRow,
    | 'name'
    | 'description'
    | 'endpoint'
    | 'authRef'
    | 'config'
    | 'tags'
    | 'enabled'
    | 'posting'
    | 'intervalSeconds'
    | 'maintenanceUntil'
    | 'maintenanceReason'
  >
>;

/** The public part of a registration's health. */
export type HealthSummary = Pick<
  HealthRow,
  'status' | 'code' | 'message' | 'since' | 'checkedAt' | 'intervalSeconds' | 'flapping' | 'latencyMs'
>;

export interface IntegrationFilter extends SummaryFilter {
  /** Current health; `unknown` includes integrations before their first check and with stale health. */
  readonly health?: HealthStatus | undefined;
}

/** Which integrations to count. */
export interface SummaryFilter {
  readonly type?: IntegrationType | undefined;
  readonly provider?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly tag?: string | undefined;
  /** Words, each of which must begin a word of the name, description, endpoint or tags. */
  readonly q?: string | undefined;
  /** True for deleted integrations instead of live ones. */
  readonly deleted?: boolean | undefined;
}

/** Integrations of one of the providers, or with an http or https endpoint at one of the hosts. */
export interface EndpointFilter {
  /** Lower case, without ports. */
  readonly hosts: readonly string[];
  readonly providers: readonly string[];
}

/** `missing`: the tenant has no such row in the required state, live or deleted. `changed`: its generation has moved on. */
export type Conflict = 'missing' | 'changed';

const UNIQUE_NAME = 'integration_live_name';

export class IntegrationRepository {
  readonly #withHealth: PreparedStatement;

  constructor(private readonly database: Database) {
    const row = columnsOf(database.ofAllTenants(), IntegrationEntity, 'i');
    this.#withHealth = {
      name: 'integration_with_health',
      text: `SELECT ${row}, ${HEALTH} FROM integration i
             LEFT JOIN integration_health h ON h.tenant_id = i.tenant_id AND h.integration_id = i.id
             WHERE i.tenant_id = $1 AND i.id = $2 AND i.deleted_at IS NULL`,
    };
  }

  /** Throws NameTaken. */
  async insert(integration: NewIntegration, tx?: Transaction): Promise<IntegrationRow> {
    const manager = this.database.ofTenant(integration.tenantId, tx);
    const values = { ...integration, tags: [...integration.tags] } as QueryDeepPartialEntity<IntegrationEntity>;
    await translateNameTaken(integration.name, () => manager.insert(IntegrationEntity, values));
    const row = await live(manager, integration.tenantId, integration.id);
    if (!row) throw new Error(`integration ${integration.id} is gone right after it was inserted`);
    return row;
  }

  find(tenantId: string, id: string, tx?: Transaction): Promise<IntegrationRow | null> {
    return live(this.database.ofTenant(tenantId, tx), tenantId, id);
  }

  /** Reads integration and health in one round trip; health is undefined before the first check. */
  async findWithHealth(
    tenantId: string,
    id: string,
  ): Promise<{ readonly row: IntegrationRow; readonly health: HealthSummary | undefined } | null> {
    const [found] = await this.database.prepared<WithHealth>(this.#withHealth, [tenantId, id], { tenantId });
    if (!found) return null;
    const { status, code, message, since, checkedAt, checkedInterval, flapping, latencyMs, ...row } = found;
    if (status === null) return { row, health: undefined };
    const health = { status, code, message, since, checkedAt, intervalSeconds: checkedInterval, flapping, latencyMs };
    return { row, health };
  }

  /** Live, or deleted and not purged. */
  findAny(tenantId: string, id: string): Promise<IntegrationRow | null> {
    return this.database.ofTenant(tenantId).findOneBy(IntegrationEntity, { tenantId, id });
  }

  /** Deleted and not purged. */
  async findDeleted(tenantId: string, id: string, tx?: Transaction): Promise<IntegrationRow | null> {
    const deletedAt = Not(IsNull());
    return this.database.ofTenant(tenantId, tx).findOneBy(IntegrationEntity, { tenantId, id, deletedAt });
  }

  /** Newest first. Throws InvalidCursor. */
  async list(tenantId: string, filter: IntegrationFilter, page: PageRequest): Promise<Page<IntegrationRow>> {
    const query = await this.#matching(tenantId, filter);
    if (filter.health !== undefined) query.andWhere(hasHealth(filter.health), { health: filter.health });
    return newestFirst(query, 'createdAt', page);
  }

  /** Number of integrations by status; a status without any is absent. */
  async countByHealth(tenantId: string, filter: SummaryFilter): Promise<Map<HealthStatus, number>> {
    const query = await this.#matching(tenantId, filter);
    query.leftJoin('integration_health', 'h', `h.integration_id = i.id AND ${FRESH}`);
    query.select(`coalesce(h.status, 'unknown')`, 'health').addSelect('count(*)::int', 'count').groupBy('health');
    const counted = await query.getRawMany<{ health: HealthStatus; count: number }>();
    return new Map(counted.map(({ health, count }) => [health, count]));
  }

  /** The oldest enabled integrations of a type, oldest first. */
  async listEnabled(tenantId: string, type: IntegrationType, limit: number): Promise<IntegrationRow[]> {
    return this.#enabled(tenantId, type).limit(limit).getMany();
  }

  /**
   * The enabled integrations of a type that match the filter, oldest first. May include some whose host merely begins with
   * one of the hosts.
   */
  async listEnabledAt(tenantId: string, type: IntegrationType, at: EndpointFilter): Promise<IntegrationPlace[]> {
    const beginnings = at.hosts.flatMap((host) => [`https://${host}`, `http://${host}`]);
    // One `^@` per beginning, not LIKE or lower(): under row-level security an index serves only LEAKPROOF functions.
    const begins = beginnings.map((_, n) => `i.endpoint ^@ :beginning${n}`);
    const values = Object.fromEntries(beginnings.map((beginning, n) => [`beginning${n}`, beginning]));
    const query = this.#enabled(tenantId, type);
    query.andWhere(`(${[...begins, 'i.provider = ANY(:providers)'].join(' OR ')})`, { ...values, ...at });
    // Raw rows: there may be thousands, and building an entity costs many times as much as reading its row.
    query.select(['i.id AS id', 'i.name AS name', 'i.provider AS provider', 'i.endpoint AS endpoint']);
    return query.addSelect(['i.tenant_id AS "tenantId"', 'i.config AS config']).getRawMany<IntegrationPlace>();
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
    const expected = { tenantId, id, generation: expectedGeneration, deletedAt: IsNull() };
    const manager = this.database.ofTenant(tenantId, tx);
    return translateNameTaken(changes.name ?? '', () => change(manager, expected, values));
  }

  /** Hides the row and frees its name. Returns the row as it was last, with its last generation. */
  softDelete(
    tenantId: string,
    id: string,
    expectedGeneration: number,
    tx?: Transaction,
  ): Promise<IntegrationRow | Conflict> {
    const values = { deletedAt: () => 'now()' };
    const expected = { tenantId, id, generation: expectedGeneration, deletedAt: IsNull() };
    return change(this.database.ofTenant(tenantId, tx), expected, values);
  }

  /** Restores a deleted row as it was. Throws NameTaken if another integration has taken the name meanwhile. */
  restore(deleted: IntegrationRow, tx: Transaction): Promise<IntegrationRow | Conflict> {
    const { tenantId, id, name, generation } = deleted;
    const manager = this.database.ofTenant(tenantId, tx);
    const expected = { tenantId, id, generation, deletedAt: Not(IsNull()) };
    return translateNameTaken(name, () => change(manager, expected, { deletedAt: null }));
  }

  /** Removes a deleted row and everything that refers to it. False if the row was restored or purged meanwhile. */
  async purge({ tenantId, id, generation }: IntegrationRow, tx: Transaction): Promise<boolean> {
    const manager = this.database.ofTenant(tenantId, tx);
    // Locks the health before the integration, as code that writes check results does. The other order would deadlock.
    await rows(manager, 'SELECT FROM integration_health WHERE tenant_id = $1 AND integration_id = $2 FOR UPDATE', [
      tenantId,
      id,
    ]);
    const deleted = { tenantId, id, generation, deletedAt: Not(IsNull()) };
    return (await manager.delete(IntegrationEntity, deleted)).affected === 1;
  }

  #enabled(tenantId: string, type: IntegrationType): SelectQueryBuilder<IntegrationEntity> {
    const query = this.#select(tenantId, false).andWhere('i.type = :type AND i.enabled', { type });
    return query.orderBy('i.createdAt').addOrderBy('i.id');
  }

  async #matching(tenantId: string, filter: SummaryFilter): Promise<SelectQueryBuilder<IntegrationEntity>> {
    const query = this.#select(tenantId, filter.deleted ?? false);
    if (filter.type !== undefined) query.andWhere('i.type = :type', { type: filter.type });
    if (filter.provider !== undefined) query.andWhere('i.provider = :provider', { provider: filter.provider });
    if (filter.enabled !== undefined) query.andWhere('i.enabled = :enabled', { enabled: filter.enabled });
    if (filter.tag !== undefined) await narrowToTagged(query, this.database.ofTenant(tenantId), filter.tag);
    if (filter.q !== undefined) await narrowToMatches(query, this.database.ofTenant(tenantId), prefixQuery(filter.q));
    return query;
  }

  #select(tenantId: string, deleted: boolean): SelectQueryBuilder<IntegrationEntity> {
    return this.database
      .ofTenant(tenantId)
      .createQueryBuilder(IntegrationEntity, 'i')
      .where(`i.tenantId = :tenantId AND i.deletedAt IS ${deleted ? 'NOT NULL' : 'NULL'}`, { tenantId });
  }
}

type WithHealth = IntegrationRow &
  Omit<HealthSummary, 'status' | 'intervalSeconds'> & {
    readonly status: HealthStatus | null;
    readonly checkedInterval: number;
  };

const HEALTH = `h.status, h.code, h.message, h.since, h.checked_at AS "checkedAt", h.flapping,
  h.interval_seconds AS "checkedInterval", h.latency_ms AS "latencyMs"`;

function live(manager: EntityManager, tenantId: string, id: string): Promise<IntegrationRow | null> {
  return manager.findOneBy(IntegrationEntity, { tenantId, id, deletedAt: IsNull() });
}

/** The row as the caller read it: live or deleted, and of this generation. */
interface Expected {
  readonly tenantId: string;
  readonly id: string;
  readonly generation: number;
  readonly deletedAt: ReturnType<typeof IsNull>;
}

async function change(
  manager: EntityManager,
  expected: Expected,
  values: QueryDeepPartialEntity<IntegrationEntity>,
): Promise<IntegrationRow | Conflict> {
  const { generation, ...state } = expected;
  const { affected } = await manager.update(IntegrationEntity, expected, {
    ...values,
    generation: generation + 1,
    updatedAt: () => 'now()',
  });
  if (affected === 0) return (await manager.existsBy(IntegrationEntity, state)) ? 'changed' : 'missing';
  const { tenantId, id } = expected;
  return (await manager.findOneBy(IntegrationEntity, { tenantId, id })) ?? 'missing';
}

/** SQL condition: the judged health is not stale. */
const FRESH = `h.checked_at >= now() - ${STALE_AFTER_INTERVALS} * h.interval_seconds * interval '1 second'`;

function hasHealth(status: HealthStatus): string {
  const known = `SELECT 1 FROM integration_health h WHERE h.integration_id = i.id AND ${FRESH} AND h.status`;
  return status === 'unknown' ? `NOT EXISTS (${known} <> :health)` : `EXISTS (${known} = :health)`;
}

async function translateNameTaken<T>(name: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw isUniqueViolation(error, UNIQUE_NAME) ? new NameTaken(name) : error;
  }
}
