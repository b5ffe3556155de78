import { Batches } from '../batches';
import type { Database, PreparedStatement } from '../database';
import { TenantBatches } from '../tenant-batches';

/** A call that an operation wants to make now. */
export interface CallRequest {
  readonly tenantId: string;
  /** The credential whose rate limits the vendor applies to the call. */
  readonly credential: string;
  /** Calls of one kind share limits. */
  readonly kind: string;
  readonly operationId: string;
  /** Each allows at most `max` calls in any window of `perMs` milliseconds. At least one limit. */
  readonly limits: readonly { readonly max: number; readonly perMs: number }[];
  /** The latest time at which the call is still wanted; no turn is reserved after it. Null for no such time. */
  readonly latest: Date | null;
}

const TAKE: PreparedStatement = {
  name: 'annotation_take',
  text: 'SELECT item, wait_ms AS "waitMs" FROM annotation_take($1::jsonb)',
};

/** One batch in flight: batches wait for each other's credentials anyway, and would hold pooled connections meanwhile. */
const BATCHES = { maxSize: 64, maxInFlight: 1 };

interface Hold {
  readonly credential: string;
  readonly ms: number;
}

/** The remaining rate limits of credentials, shared by all dispatchers and timed by PostgreSQL's clock. */
export class BudgetRepository {
  readonly #calls: Batches<CallRequest, number>;
  /** Batched, because a vendor refuses many calls at the same time, and each hold updates all waiting lanes. */
  readonly #holds: TenantBatches<Hold, void>;

  constructor(private readonly database: Database) {
    this.#calls = new Batches((calls) => this.#take(calls), BATCHES);
    this.#holds = new TenantBatches((tenantId, holds) => this.#hold(tenantId, holds), BATCHES.maxSize);
  }

  /**
   * Returns 0 if the call may be made now; the call then counts. Otherwise returns the milliseconds until the operation's
   * turn. The turn is reserved unless it comes after `latest`; the operation asks again when the turn has come.
   */
  take(call: CallRequest): Promise<number> {
    return this.#calls.add(call);
  }

  /** Keeps every operation under the credential from beginning for `ms` milliseconds. */
  hold(tenantId: string, credential: string, ms: number): Promise<void> {
    return this.#holds.add(tenantId, { credential, ms: Math.ceil(ms) });
  }

  async #hold(tenantId: string, holds: readonly Hold[]): Promise<void[]> {
    const longest = new Map<string, number>();
    for (const { credential, ms } of holds) longest.set(credential, Math.max(longest.get(credential) ?? 0, ms));
    for (const [credential, ms] of longest) {
      await this.database.ofTenant(tenantId).query('SELECT annotation_hold($1, $2, $3)', [tenantId, credential, ms]);
    }
    return holds.map(() => undefined);
  }

  async #take(calls: readonly CallRequest[]): Promise<number[]> {
    const batch = calls.map(({ tenantId, credential, kind, operationId, limits, latest }, item) => ({
      item,
      tenant_id: tenantId,
      credential,
      kind,
      holder: operationId,
      limits: limits.map(({ max, perMs }) => ({ most: max, per_ms: perMs })),
      latest,
    }));
    type Answer = { item: number; waitMs: number };
    const answers = await this.database.prepared<Answer>(TAKE, [JSON.stringify(batch)], 'all_tenants');
    const byItem = new Map(answers.map(({ item, waitMs }) => [item, waitMs]));
    return calls.map((_, item) => byItem.get(item) ?? 0);
  }
}
