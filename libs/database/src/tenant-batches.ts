import { Batches } from './batches';

/** Batches the calls of each tenant that arrive while the tenant's earlier ones are in flight, in that tenant's scope. */
export class TenantBatches<T, R> {
  readonly #tenants = new Map<string, { readonly batches: Batches<T, R>; calls: number }>();

  constructor(
    /** Must return the results in the order of the items. */
    private readonly run: (tenantId: string, items: readonly T[]) => Promise<readonly R[]>,
    private readonly maxSize: number,
  ) {}

  async add(tenantId: string, item: T): Promise<R> {
    const tenant = this.#tenants.get(tenantId) ?? this.#open(tenantId);
    tenant.calls += 1;
    try {
      return await tenant.batches.add(item);
    } finally {
      tenant.calls -= 1;
      if (tenant.calls === 0) this.#tenants.delete(tenantId);
    }
  }

  #open(tenantId: string) {
    const run = (items: readonly T[]) => this.run(tenantId, items);
    const opened = { batches: new Batches(run, { maxSize: this.maxSize, maxInFlight: 1 }), calls: 0 };
    this.#tenants.set(tenantId, opened);
    return opened;
  }
}
