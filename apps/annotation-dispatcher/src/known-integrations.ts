import type { IntegrationRow } from '@integrations/database';

const MOST = 10_000;

/**
 * Integrations as they were last read. PostgreSQL confirms the generation in the statement that accepts or begins an
 * operation, so that a change, a disabling or a deletion counts at once; what is remembered only spares reading it again.
 */
export class KnownIntegrations {
  readonly #rows = new Map<string, IntegrationRow>();
  /** By tenant, the id of what was its only enabled SCM integration. */
  readonly #only = new Map<string, string>();

  find(tenantId: string, id: string): IntegrationRow | undefined {
    const row = this.#rows.get(id);
    return row?.tenantId === tenantId ? row : undefined;
  }

  onlyOf(tenantId: string): IntegrationRow | undefined {
    const id = this.#only.get(tenantId);
    return id === undefined ? undefined : this.find(tenantId, id);
  }

  /** `only`: it was the only one that a request without an integration id could mean. */
  keep(row: IntegrationRow, { only }: { only: boolean } = { only: false }): void {
    keepIn(this.#rows, row.id, row);
    if (only) keepIn(this.#only, row.tenantId, row.id);
  }

  forget({ id, tenantId }: IntegrationRow): void {
    this.#rows.delete(id);
    this.#only.delete(tenantId);
  }
}

/** The oldest goes first. */
function keepIn<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= MOST) return;
    map.delete(oldest);
  }
}
