import type { IntegrationEvent } from '@integrations/contracts';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../database';
import type { Transaction } from '../transaction';
import { OutboxEntity } from './outbox.entity';

/** Where events are written in the transaction that makes them true. The relay brings them to JetStream. */
export class Outbox {
  constructor(private readonly database: Database) {}

  async append(event: IntegrationEvent, tx: Transaction): Promise<void> {
    const { tenantId, integrationId, type, provider, generation, data } = event;
    const row = { eventId: uuidv7(), tenantId, integrationId, type, provider, event: event.event, generation, data };
    await this.database.manager(tx).insert(OutboxEntity, row as QueryDeepPartialEntity<OutboxEntity>);
  }
}
