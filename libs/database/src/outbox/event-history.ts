import type { EventName, Page } from '@integrations/contracts';
import type { Database } from '../database';
import { InvalidCursor } from '../errors';
import { pageOf, type PageRequest, positionIn } from '../page';
import { rows } from '../sql';

/** An event that has its sequence number. */
export interface RecordedEvent {
  readonly eventId: string;
  readonly event: EventName;
  readonly sequence: number;
  readonly generation: number;
  readonly occurredAt: Date;
  readonly data: Record<string, unknown>;
}

/**
 * The events of an integration that the outbox still holds; published events are kept for the relay's retention time.
 * Leaves out events that the relay has not numbered yet, because their position is unknown.
 */
export class EventHistory {
  constructor(private readonly database: Database) {}

  /** Newest first, by sequence. Throws InvalidCursor. */
  async list(
    tenantId: string,
    integrationId: string,
    { annotations }: { readonly annotations: boolean },
    { limit, cursor }: PageRequest,
  ): Promise<Page<RecordedEvent>> {
    const before = cursor === undefined ? null : decode(cursor);
    const found = await rows<RecordedEvent>(
      this.database.ofTenant(tenantId),
      `SELECT event_id AS "eventId", event, sequence, generation, occurred_at AS "occurredAt", data
       FROM outbox
       WHERE integration_id = $1 AND sequence IS NOT NULL AND tenant_id = $2 AND ($3::bigint IS NULL OR sequence < $3)
         AND ($4 OR event NOT LIKE 'annotation\\_%')
       ORDER BY sequence DESC LIMIT $5`,
      [integrationId, tenantId, before, annotations, limit + 1],
    );
    return pageOf(found, limit, ({ sequence }) => `s${sequence}`);
  }
}

function decode(cursor: string): number {
  const digits = /^s(\d{1,15})$/.exec(positionIn(cursor))?.[1];
  if (digits === undefined) throw new InvalidCursor();
  return Number(digits);
}
