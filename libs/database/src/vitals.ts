import type { Database } from './database';
import { takesNoWrites } from './errors';
import { rows, TAKES_WRITES } from './sql';

/** Ages in seconds, 0 where there is nothing. */
export interface VitalSigns {
  /** An open transaction keeps dead rows from being cleared away, and every queue becomes slower by the minute. */
  readonly oldestTransaction: number;
  /** Of the events that are not on the bus yet. */
  readonly oldestEvent: number;
}

/** How the database fares, for metrics. */
export class DatabaseVitals {
  constructor(private readonly database: Database) {}

  /** Throws DatabaseError, also of a server that takes no writes: nothing of ours ages there, and nothing gets on. */
  async read(): Promise<VitalSigns> {
    const [found] = await rows<VitalSigns & { readonly takesWrites: boolean }>(
      this.database.ofAllTenants(),
      `SELECT ${TAKES_WRITES} AS "takesWrites",
              (SELECT greatest(0, coalesce(extract(epoch FROM max(now() - xact_start)), 0))::float8 FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend')
                AS "oldestTransaction",
              greatest(0, coalesce(extract(epoch FROM now() - least(
                (SELECT occurred_at FROM outbox WHERE sequence IS NULL ORDER BY id LIMIT 1),
                (SELECT min(occurred_at) FROM outbox WHERE sequence IS NOT NULL AND published_at IS NULL))), 0))::float8
                AS "oldestEvent"`,
      [],
    );
    if (!found?.takesWrites) throw takesNoWrites();
    return { oldestTransaction: found.oldestTransaction, oldestEvent: found.oldestEvent };
  }
}
