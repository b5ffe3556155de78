import type { DataSource } from 'typeorm';
import { addressOf } from './connection-url';
import { createDataSource, describeConnectionFailure } from './data-source';
import { DatabaseError, isUnavailable } from './errors';
import { MIGRATIONS } from './migrations';
import { requireOwnSessions } from './own-sessions';

/** Our text fits into no other; SQL_ASCII takes it as it is. */
const ENCODINGS = ['UTF8', 'SQL_ASCII'];
const OLDEST_VERSION = 15;
/** Any number that nothing else of ours locks. */
const MIGRATION_LOCK = 7_302_001;

/** Brings the schema up to date and answers the names of what it ran. Several processes may call it at once. */
export function runMigrations(url: string): Promise<string[]> {
  return underLock(url, async (dataSource) => {
    await requireFitDatabase(dataSource);
    const done = await dataSource.runMigrations({ transaction: 'each' });
    return done.map(({ name }) => name);
  });
}

/** The names of the migrations that `runMigrations` would run, in order. Any login may ask. */
export function pendingMigrations(url: string): Promise<string[]> {
  return underLock(url, async (dataSource) => {
    const done = await namesOfDone(dataSource);
    return MIGRATIONS.map((Migration) => new Migration().name).filter((name) => !done.has(name));
  });
}

/** Throws DatabaseError where the schema is older than this code. */
export async function requireMigrated(url: string): Promise<void> {
  const { length } = await pendingMigrations(url);
  if (length === 0) return;
  const message = `the database schema is behind (${length} migrations): run the command "migrate" first`;
  throw new DatabaseError(message, null, null);
}

/** Throws DatabaseError where migrations would fail half-way, or are run by nobody. */
async function requireFitDatabase(dataSource: DataSource): Promise<void> {
  const [found] = await dataSource.query<{ version: number; encoding: string }[]>(
    `SELECT current_setting('server_version_num')::integer AS version, current_setting('server_encoding') AS encoding`,
  );
  const { version, encoding } = found!;
  if (version < OLDEST_VERSION * 10_000)
    throw new DatabaseError(`PostgreSQL has to be of version ${OLDEST_VERSION} or newer`, null, null);
  if (!ENCODINGS.includes(encoding))
    throw new DatabaseError(`the database has the encoding ${encoding} and must have UTF8`, null, null);
}

/** Throws DatabaseError where the login finds no table of ours: it would look as if there were none, migrated or not. */
async function requireSchema(dataSource: DataSource): Promise<void> {
  const [found] = await dataSource.query<{ schema: string | null }[]>('SELECT current_schema() AS schema');
  if (found?.schema) return;
  const remedy = 'set it, as by ALTER ROLE … SET search_path = public';
  throw new DatabaseError(`the search_path of this login names no schema that it may use: ${remedy}`, null, null);
}

/** Not by TypeORM, which creates its table where it is missing. */
async function namesOfDone(dataSource: DataSource): Promise<ReadonlySet<string>> {
  const [table] = await dataSource.query<{ oid: string | null }[]>(`SELECT to_regclass('schema_migration') AS oid`);
  if (!table?.oid) return new Set();
  const done = await dataSource.query<{ name: string }[]>('SELECT name FROM schema_migration');
  return new Set(done.map(({ name }) => name));
}

async function underLock<T>(url: string, work: (dataSource: DataSource) => Promise<T>): Promise<T> {
  await requireOwnSessions(url);
  // Waiting for another process's migrations may take long, and so may a migration of a large table.
  const dataSource = createDataSource({ url, applicationName: 'migrations', poolSize: 2, statementTimeoutMs: 0 });
  await dataSource.initialize().catch((error: unknown) => {
    throw new DatabaseError(describeConnectionFailure(url, error), null, null);
  });
  const session = dataSource.createQueryRunner();
  try {
    await session.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await requireSchema(dataSource);
    return await work(dataSource);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    throw new DatabaseError(`PostgreSQL at ${addressOf(url)}: ${error.message}`, error.code, null);
  } finally {
    await session.release();
    await dataSource.destroy(); // ends the session, and the lock with it
  }
}
