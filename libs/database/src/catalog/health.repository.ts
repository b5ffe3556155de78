import type { HealthStatus, ProbeCode, ProbeVerdict } from '@integrations/contracts';
import { In } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import type { Database } from '../database';
import type { Transaction } from '../transaction';
import { HealthEntity } from './health.entity';

/** The judged state of an integration. Exists once the first probe has told something. */
export interface HealthRow {
  readonly integrationId: string;
  readonly tenantId: string;
  readonly status: HealthStatus;
  readonly code: ProbeCode;
  readonly message: string;
  /** When `status` began. */
  readonly since: Date;
  readonly checkedAt: Date;
  readonly latencyMs: number;
  /** Failures and successes in a row; one of them is 0. */
  readonly failures: number;
  readonly successes: number;
  /** What the last probe found out. */
  readonly verdict: ProbeVerdict;
}

export class HealthRepository {
  constructor(private readonly database: Database) {}

  /** By integration id; those never probed are absent. */
  async find(tenantId: string, integrationIds: readonly string[], tx?: Transaction): Promise<Map<string, HealthRow>> {
    if (integrationIds.length === 0) return new Map();
    const manager = this.database.manager(tx);
    const found = await manager.findBy(HealthEntity, { tenantId, integrationId: In([...integrationIds]) });
    return new Map(found.map((row) => [row.integrationId, { ...row }]));
  }

  /** Writes the states of a batch of different integrations. A row whose integration is not of its tenant is refused. */
  async save(rows: readonly HealthRow[], tx?: Transaction): Promise<void> {
    if (rows.length === 0) return;
    // Always in one order, so that two batches that meet wait for each other instead of deadlocking.
    const ordered = [...rows].sort((a, b) => (a.integrationId < b.integrationId ? -1 : 1));
    const values = ordered as QueryDeepPartialEntity<HealthEntity>[];
    await this.database.manager(tx).upsert(HealthEntity, values, ['integrationId']);
  }
}
