import type { IntegrationRow } from '@integrations/database';

const MOST = 10_000;
/** After a failover to a standby that lacked the last change, the next change has its generation. */
const MAX_AGE_MS = 60_000;

interface Known {
  readonly row: IntegrationRow;
  /** By this process's monotonic clock, in milliseconds. */
  readonly readAt: number;
}

/**
 * A cache of integrations as last read. The statement that accepts or begins an operation checks the generation, so a
 * change, disabling or deletion takes effect at once; the cache only saves a read.
 */
export class KnownIntegrations {
  readonly #rows = new Map<string, Known>();
  /** By tenant: the id of its only enabled SCM integration, as last read. */
  readonly #only = new Map<string, string>();

  find(tenantId: string, id: string): IntegrationRow | undefined {
    const known = this.#rows.get(id);
    if (known?.row.tenantId !== tenantId || performance.now() - known.readAt > MAX_AGE_MS) return undefined;
    return known.row;
  }

  onlyOf(tenantId: string): IntegrationRow | undefined {
    const id = this.#only.get(tenantId);
    return id === undefined ? undefined : this.find(tenantId, id);
  }

  /** `only`: a request without an integration id could mean no other integration. */
  keep(row: IntegrationRow, { only }: { only: boolean } = { only: false }): void {
    keepIn(this.#rows, row.id, { row, readAt: performance.now() });
    if (only) keepIn(this.#only, row.tenantId, row.id);
  }

  forget({ id, tenantId }: IntegrationRow): void {
    this.#rows.delete(id);
    this.#only.delete(tenantId);
  }
}

/** Removes the oldest entries beyond MOST. */
function keepIn<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= MOST) return;
    map.delete(oldest);
  }
}
