import type { IntegrationEvent, SystemEvent } from '@integrations/contracts';
import type { EntityManager } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../database';
import { rows } from '../sql';
import type { Transaction } from '../transaction';
import { OutboxEntity } from './outbox.entity';

/** What events of the platform itself have in the place of a tenant and of an integration: none can be called so. */
const SYSTEM = { tenantId: '_system', integrationId: '00000000-0000-0000-0000-000000000000' };

/** Where events are written in the transaction that makes them true. The relay brings them to JetStream. */
export class Outbox {
  constructor(private readonly database: Database) {}

  append(event: IntegrationEvent, tx: Transaction): Promise<void> {
    return insert(this.database.ofTenant(event.tenantId, tx), [event]);
  }

  /** Of whatever tenants. Those of one integration are told in the order of the list. */
  async appendAll(events: readonly (IntegrationEvent | SystemEvent)[], tx: Transaction): Promise<void> {
    if (events.length > 0) await insert(this.database.ofAllTenants(tx), events);
  }

  /** What is there of the same worker since the same time stays: a commit whose answer was lost is tried again. */
  async appendOnce(event: SystemEvent, tx: Transaction): Promise<void> {
    const { worker, since } = event.data;
    const told = await rows(
      this.database.ofAllTenants(tx),
      'SELECT FROM outbox WHERE integration_id = $1 AND event = $2 AND data @> $3::jsonb LIMIT 1',
      [SYSTEM.integrationId, event.event, JSON.stringify({ worker, since })],
    );
    if (told.length === 0) await this.appendAll([event], tx);
  }
}

async function insert(manager: EntityManager, events: readonly (IntegrationEvent | SystemEvent)[]): Promise<void> {
  const values = events.map((event) => ({ eventId: uuidv7(), ...SYSTEM, ...event }));
  await manager.insert(OutboxEntity, values as QueryDeepPartialEntity<OutboxEntity>[]);
}
