import type { IntegrationEvent, SystemEvent } from '@integrations/contracts';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../database';
import type { Transaction } from '../transaction';
import { OutboxEntity } from './outbox.entity';

/** What events of the platform itself have in the place of a tenant and of an integration: none can be called so. */
const SYSTEM = { tenantId: '_system', integrationId: '00000000-0000-0000-0000-000000000000' };

/** Where events are written in the transaction that makes them true. The relay brings them to JetStream. */
export class Outbox {
  constructor(private readonly database: Database) {}

  append(event: IntegrationEvent, tx: Transaction): Promise<void> {
    return this.appendAll([event], tx);
  }

  /** Those of one integration are told in the order of the list. */
  async appendAll(events: readonly (IntegrationEvent | SystemEvent)[], tx: Transaction): Promise<void> {
    if (events.length === 0) return;
    const values = events.map((event) => ({ eventId: uuidv7(), ...SYSTEM, ...event }));
    await this.database.manager(tx).insert(OutboxEntity, values as QueryDeepPartialEntity<OutboxEntity>[]);
  }
}
