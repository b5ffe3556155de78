import type { Database } from '../database';
import { rows } from '../sql';

/** A request with an idempotency key that its caller chose. */
export interface KeyedRequest {
  readonly tenantId: string;
  readonly key: string;
  readonly route: string;
  readonly bodyHash: string;
}

export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** `claimed`: act, then call `answer` or `release`. The others say what became of the request that claimed the key. */
export type KeyClaim =
  | { readonly state: 'claimed' | 'under_way' | 'other_request' }
  | { readonly state: 'answered'; readonly answer: StoredAnswer };

interface Claimed {
  readonly route: string;
  readonly bodyHash: string;
  readonly status: number | null;
  readonly response: Pick<StoredAnswer, 'headers' | 'body'>;
}

const RETENTION = `interval '24 hours'`;
/** Longer than any request takes. A process that claimed a key and has not answered by then has died. */
const ANSWERED_WITHIN = `interval '2 minutes'`;
/** Not with each request: while a transaction stays open, each pruning reads every row removed since it began. */
const PRUNE_EVERY_MS = 10_000;
/** More keys than arrive between two prunings, so that the table never holds much more than a day. */
const PRUNE_BATCH = 5_000;
const MAX_TRIES = 5;

/** The keys of the last 24 hours. The primary key decides between concurrent requests, also across processes. */
export class IdempotencyRepository {
  #prunedAt = -Infinity;

  constructor(private readonly database: Database) {}

  async claim(request: KeyedRequest): Promise<KeyClaim> {
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      if (await this.#insert(request)) {
        await this.#prune();
        return { state: 'claimed' };
      }
      const other = await this.#find(request);
      if (other) return claimOf(request, other);
      // Released between the two queries, so the key is free again.
    }
    return { state: 'under_way' };
  }

  async answer({ tenantId, key }: KeyedRequest, { status, headers, body }: StoredAnswer): Promise<void> {
    await rows(
      this.database.ofTenant(tenantId),
      'UPDATE idempotency_key SET status = $3, response = $4 WHERE tenant_id = $1 AND key = $2 AND status IS NULL',
      [tenantId, key, status, JSON.stringify({ headers, body })],
    );
  }

  /** Frees the key, as if it had never been used. */
  async release({ tenantId, key }: KeyedRequest): Promise<void> {
    await rows(
      this.database.ofTenant(tenantId),
      'DELETE FROM idempotency_key WHERE tenant_id = $1 AND key = $2 AND status IS NULL',
      [tenantId, key],
    );
  }

  async #insert({ tenantId, key, route, bodyHash }: KeyedRequest): Promise<boolean> {
    const inserted = await rows(
      this.database.ofTenant(tenantId),
      `INSERT INTO idempotency_key AS k (tenant_id, key, route, body_hash) VALUES ($1, $2, $3, $4)
       ON CONFLICT (tenant_id, key) DO UPDATE
       SET route = excluded.route, body_hash = excluded.body_hash, status = NULL, response = NULL, created_at = now()
       WHERE k.created_at < now() - CASE WHEN k.status IS NULL THEN ${ANSWERED_WITHIN} ELSE ${RETENTION} END
       RETURNING 1`,
      [tenantId, key, route, bodyHash],
    );
    return inserted.length === 1;
  }

  async #find({ tenantId, key }: KeyedRequest): Promise<Claimed | undefined> {
    const [found] = await rows<Claimed>(
      this.database.ofTenant(tenantId),
      `SELECT route, body_hash AS "bodyHash", status, response FROM idempotency_key WHERE tenant_id = $1 AND key = $2`,
      [tenantId, key],
    );
    return found;
  }

  async #prune(): Promise<void> {
    if (performance.now() - this.#prunedAt < PRUNE_EVERY_MS) return;
    this.#prunedAt = performance.now();
    await rows(
      this.database.ofAllTenants(),
      `DELETE FROM idempotency_key WHERE (tenant_id, key) IN (
         SELECT tenant_id, key FROM idempotency_key WHERE created_at < now() - ${RETENTION}
         ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED)`,
      [PRUNE_BATCH],
    );
  }
}

function claimOf({ route, bodyHash }: KeyedRequest, other: Claimed): KeyClaim {
  if (other.route !== route || other.bodyHash !== bodyHash) return { state: 'other_request' };
  if (other.status === null) return { state: 'under_way' };
  return { state: 'answered', answer: { status: other.status, ...other.response } };
}
