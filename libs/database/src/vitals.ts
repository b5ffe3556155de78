import type { Database } from './database';
import { readOnlyServer } from './errors';
import { IS_WRITABLE, rows } from './sql';

/** Ages in seconds; 0 if there is no such transaction or event. */
export interface VitalSigns {
  /** Age of the oldest open transaction. It keeps vacuum from removing dead rows, so every queue slows down by the minute. */
  readonly oldestTransaction: number;
  /** Age of the oldest event that is not published to the bus yet. */
  readonly oldestEvent: number;
}

/** The state of the database, for metrics. */
export class DatabaseVitals {
  constructor(private readonly database: Database) {}

  /** Throws DatabaseError, also if the server accepts no writes: the ages of a standby would say nothing about our queues. */
  async read(): Promise<VitalSigns> {
    const [found] = await rows<VitalSigns & { readonly isWritable: boolean }>(
      this.database.ofAllTenants(),
      `SELECT ${IS_WRITABLE} AS "isWritable",
              (SELECT greatest(0, coalesce(extract(epoch FROM max(now() - xact_start)), 0))::float8 FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend')
                AS "oldestTransaction",
              greatest(0, coalesce(extract(epoch FROM now() - least(
                (SELECT occurred_at FROM outbox WHERE sequence IS NULL ORDER BY id LIMIT 1),
                (SELECT min(occurred_at) FROM outbox WHERE sequence IS NOT NULL AND published_at IS NULL))), 0))::float8
                AS "oldestEvent"`,
      [],
    );
    if (!found?.isWritable) throw readOnlyServer();
    return { oldestTransaction: found.oldestTransaction, oldestEvent: found.oldestEvent };
  }
}
