import { Batches } from '../batches';
import type { Database, PreparedStatement } from '../database';
import { TenantBatches } from '../tenant-batches';

/** A call that an operation wants to make now. */
export interface CallAsked {
  readonly tenantId: string;
  /** Who the vendor counts the call for. */
  readonly credential: string;
  /** Calls of one kind share limits. */
  readonly kind: string;
  readonly operationId: string;
  /** At most `max` in any `perMs` milliseconds; at least one. */
  readonly limits: readonly { readonly max: number; readonly perMs: number }[];
  /** Whoever could make it only after that does not want to make it any more. */
  readonly latest: Date | null;
}

const TAKE: PreparedStatement = {
  name: 'annotation_take',
  text: 'SELECT item, wait_ms AS "waitMs" FROM annotation_take($1::jsonb)',
};

/** One at a time: they wait for each other's credentials anyway, and would hold the pool's connections meanwhile. */
const BATCHES = { most: 64, atOnce: 1 };

interface Hold {
  readonly credential: string;
  readonly ms: number;
}

/** How much is left of the rate limits of credentials. All dispatchers share it, and PostgreSQL's clock. */
export class BudgetRepository {
  readonly #calls: Batches<CallAsked, number>;
  /** All that are at work are refused at once, and each hold moves all lanes that wait. */
  readonly #holds: TenantBatches<Hold, void>;

  constructor(private readonly database: Database) {
    this.#calls = new Batches((calls) => this.#take(calls), BATCHES);
    this.#holds = new TenantBatches((tenantId, holds) => this.#hold(tenantId, holds), BATCHES.most);
  }

  /**
   * 0: the call is counted and may be made. Otherwise the milliseconds until the operation's turn, which is kept for it:
   * it asks again then.
   */
  take(call: CallAsked): Promise<number> {
    return this.#calls.add(call);
  }

  /** Nobody begins anything under the credential for so many milliseconds. */
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

  async #take(calls: readonly CallAsked[]): Promise<number[]> {
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
