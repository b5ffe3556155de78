import { Batches } from './batches';

/** Batches the calls of each tenant that arrive while the tenant's earlier ones are in flight, in that tenant's scope. */
export class TenantBatches<T, R> {
  readonly #ofTenants = new Map<string, { readonly batches: Batches<T, R>; calls: number }>();

  constructor(
    /** Must return the results in the order of the items. */
    private readonly run: (tenantId: string, items: readonly T[]) => Promise<readonly R[]>,
    private readonly most: number,
  ) {}

  async add(tenantId: string, item: T): Promise<R> {
    const tenant = this.#ofTenants.get(tenantId) ?? this.#begin(tenantId);
    tenant.calls += 1;
    try {
      return await tenant.batches.add(item);
    } finally {
      tenant.calls -= 1;
      if (tenant.calls === 0) this.#ofTenants.delete(tenantId);
    }
  }

  #begin(tenantId: string) {
    const run = (items: readonly T[]) => this.run(tenantId, items);
    const begun = { batches: new Batches(run, { most: this.most, atOnce: 1 }), calls: 0 };
    this.#ofTenants.set(tenantId, begun);
    return begun;
  }
}
