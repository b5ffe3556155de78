import { Client } from 'pg';

export interface LedgerRow {
  readonly id: string;
  readonly idempotencyKey: string;
  readonly lane: string;
  readonly state: string;
  readonly upsertKey: string | null;
  readonly attempts: number;
  readonly finishedAt: Date | null;
}

export interface OutboxRow {
  readonly eventId: string;
  readonly event: string;
  readonly source: string;
  readonly operationId: string | null;
}

/** The ledger in PostgreSQL. Each query opens a new connection, because the server is restarted. */
export class Ledger {
  constructor(private readonly url: string) {}

  /** In the order of acceptance. */
  operations(integrationId: string): Promise<LedgerRow[]> {
    return this.#query<LedgerRow>(
      `SELECT id, idempotency_key AS "idempotencyKey", lane, state, upsert_key AS "upsertKey", attempts,
              finished_at AS "finishedAt"
       FROM annotation_operation WHERE integration_id = $1 ORDER BY position`,
      [integrationId],
    );
  }

  /** Whether this many operations have ended and all events are published. Requests in JetStream have no row yet. */
  async isDone(operations: number): Promise<boolean> {
    const [row] = await this.#query<{ ended: number; unpublished: number }>(
      `SELECT (SELECT count(*) FROM annotation_operation WHERE state NOT IN ('queued', 'running', 'parked_offline'))::int
                AS ended,
              (SELECT count(*) FROM outbox WHERE published_at IS NULL)::int AS unpublished`,
    );
    return row!.ended >= operations && row!.unpublished === 0;
  }

  /** All events, those of each source in their sequence. */
  events(): Promise<OutboxRow[]> {
    return this.#query<OutboxRow>(
      `SELECT event_id AS "eventId", event, '/tenants/' || tenant_id || '/integrations/' || integration_id AS source,
              data->>'operationId' AS "operationId"
       FROM outbox ORDER BY integration_id, sequence`,
    );
  }

  async #query<T extends object>(sql: string, values: unknown[] = []): Promise<T[]> {
    const client = new Client({ connectionString: this.url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<T>(sql, values)).rows;
    } finally {
      await client.end();
    }
  }
}
