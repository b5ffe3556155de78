import type { IntegrationEvent, SystemEvent } from '@integrations/contracts';
import { v7 as uuidv7 } from 'uuid';
import type { Database, PreparedStatement } from '../database';
import { rows } from '../sql';
import { storableJson } from '../storable';
import type { Scope } from '../tenancy/roles';
import type { Transaction } from '../transaction';

/** The integration id of events of the platform itself. No integration can have this id. */
export const SYSTEM_INTEGRATION = '00000000-0000-0000-0000-000000000000';
/** The tenant and the integration of events of the platform itself. */
const SYSTEM = { tenantId: '_system', integrationId: SYSTEM_INTEGRATION };

/** Stores events in the transaction that makes them true. The relay publishes them to JetStream. */
export class Outbox {
  constructor(private readonly database: Database) {}

  append(event: IntegrationEvent, tx: Transaction): Promise<void> {
    return this.#insert([event], { tenantId: event.tenantId }, tx);
  }

  /** Appends events of any tenants. Events of one integration are published in the order of the list. */
  async appendAll(events: readonly (IntegrationEvent | SystemEvent)[], tx: Transaction): Promise<void> {
    if (events.length > 0) await this.#insert(events, 'all_tenants', tx);
  }

  /** Skips an event that is already there, by worker and `since`: a commit whose answer was lost is retried. */
  async appendOnce(event: SystemEvent, tx: Transaction): Promise<void> {
    const { worker, since } = event.data;
    const existing = await rows(
      this.database.ofAllTenants(tx),
      // Events of the platform itself are few and the only ones without a type, for which there is an index.
      `SELECT FROM outbox WHERE type IS NULL AND event = $1 AND data @> $2::jsonb LIMIT 1`,
      [event.event, JSON.stringify({ worker, since })],
    );
    if (existing.length === 0) await this.appendAll([event], tx);
  }

  async #insert(events: readonly (IntegrationEvent | SystemEvent)[], scope: Scope, tx: Transaction): Promise<void> {
    const complete = events.map((event) => ({ eventId: uuidv7(), ...SYSTEM, ...event }));
    await this.database.prepared(INSERT, [storableJson(complete)], scope, tx);
  }
}

const INSERT: PreparedStatement = {
  name: 'outbox_insert',
  text: `
    INSERT INTO outbox (event_id, tenant_id, integration_id, type, provider, event, generation, data, traceparent)
    SELECT "eventId", "tenantId", "integrationId", type, provider, event, generation, data, traceparent
    FROM json_to_recordset($1::json) AS appended ("eventId" uuid, "tenantId" text, "integrationId" uuid, type text,
      provider text, event text, generation integer, data jsonb, traceparent text)`,
};
