import type { Database } from '@integrations/database';
import { eventually } from '../../support/eventually';
import type { TestDatabase } from './support';

/** How many rows of the table were read while `work` ran. A session reliably reports its reads only when it ends. */
export async function readMeanwhile<T>(db: TestDatabase, table: string, work: (database: Database) => Promise<T>) {
  // Flushes earlier reads, such as those of filling the table, so that they are not counted later.
  await db.sql('SELECT pg_stat_force_next_flush()');
  const before = await rowsRead(db, table);
  const database = await db.another();
  const answer = await work(database);
  await database.close();
  await sessionsLeft(db, 1);
  return { rows: (await rowsRead(db, table)) - before, answer };
}

/** Rows read by all sessions so far. */
export async function rowsRead(db: TestDatabase, table: string): Promise<number> {
  const [found] = await db.sql<{ rows: string }>(
    'SELECT seq_tup_read + idx_tup_fetch AS rows FROM pg_stat_user_tables WHERE relname = $1',
    [table],
  );
  return Number(found?.rows);
}

/** Resolves when only `count` of the database's own sessions are still open. */
export async function sessionsLeft(db: TestDatabase, count: number): Promise<void> {
  const open = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'test'`;
  await eventually('the end of the sessions', async () => (await db.sql(open)).length === count);
}
