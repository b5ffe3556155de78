import {
  HEALTH_STATUSES,
  type HealthStatus,
  type IntegrationsSummary,
  type IntegrationView,
  type ListIntegrationsQuery,
  type Page,
} from '@integrations/contracts';
import { HealthRepository, IntegrationRepository, type IntegrationRow } from '@integrations/database';
import { ProviderRegistry } from '@integrations/providers';
import { Injectable } from '@nestjs/common';
import { toView } from './integration.view';
import type { SummariseIntegrationsQuery } from './summarise-integrations.query';

/** Reads the registrations of a tenant, with their current health. */
@Injectable()
export class CatalogReader {
  constructor(
    private readonly integrations: IntegrationRepository,
    private readonly health: HealthRepository,
    private readonly registry: ProviderRegistry,
  ) {}

  /** Null if the tenant has no such live integration. */
  async find(tenantId: string, id: string): Promise<IntegrationView | null> {
    const found = await this.integrations.findWithHealth(tenantId, id);
    return found && toView(found.row, found.health, this.registry, new Date());
  }

  /** Null if the tenant has no such deleted integration, or if it was purged. */
  async findDeleted(tenantId: string, id: string): Promise<IntegrationView | null> {
    const row = await this.integrations.findDeleted(tenantId, id);
    return row && this.view(row);
  }

  /** Newest first. Throws InvalidCursor. */
  async list(tenantId: string, { limit, cursor, ...filter }: ListIntegrationsQuery): Promise<Page<IntegrationView>> {
    const page = await this.integrations.list(tenantId, filter, { limit, cursor });
    return { items: await this.#views(tenantId, page.items), nextCursor: page.nextCursor };
  }

  async summary(tenantId: string, filter: SummariseIntegrationsQuery): Promise<IntegrationsSummary> {
    const counted = await this.integrations.countByHealth(tenantId, filter);
    const byHealth = HEALTH_STATUSES.map((status) => [status, counted.get(status) ?? 0] as const);
    return {
      total: byHealth.reduce((total, [, count]) => total + count, 0),
      byHealth: Object.fromEntries(byHealth) as Record<HealthStatus, number>,
    };
  }

  async view(row: IntegrationRow): Promise<IntegrationView> {
    const health = await this.health.find(row.tenantId, [row.id]);
    return toView(row, health.get(row.id), this.registry, new Date());
  }

  async #views(tenantId: string, rows: readonly IntegrationRow[]): Promise<IntegrationView[]> {
    const ids = rows.map(({ id }) => id);
    const health = await this.health.find(tenantId, ids);
    return rows.map((row) => toView(row, health.get(row.id), this.registry, new Date()));
  }
}
