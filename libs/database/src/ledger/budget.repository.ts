import { Batches } from '../batches';
import type { Database, PreparedStatement } from '../database';

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

/** How much is left of the rate limits of credentials. All dispatchers share it, and PostgreSQL's clock. */
export class BudgetRepository {
  readonly #calls: Batches<CallAsked, number>;

  constructor(private readonly database: Database) {
    this.#calls = new Batches((calls) => this.#take(calls), BATCHES);
  }

  /**
   * 0: the call is counted and may be made. Otherwise the milliseconds until the operation's turn, which is kept for it:
   * it asks again then.
   */
  take(call: CallAsked): Promise<number> {
    return this.#calls.add(call);
  }

  /** Nobody begins anything under the credential for so many milliseconds. */
  async hold(tenantId: string, credential: string, ms: number): Promise<void> {
    const values = [tenantId, credential, Math.ceil(ms)];
    await this.database.ofTenant(tenantId).query('SELECT annotation_hold($1, $2, $3)', values);
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
