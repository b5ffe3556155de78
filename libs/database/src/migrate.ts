import type { DataSource } from 'typeorm';
import { addressOf } from './connection-url';
import { createDataSource, describeConnectionFailure } from './data-source';
import { DatabaseError, isUnavailable } from './errors';
import { MIGRATIONS } from './migrations';
import { requireOwnSessions } from './own-sessions';

/** No other encoding can hold all our text; SQL_ASCII stores bytes unchanged. */
const ENCODINGS = ['UTF8', 'SQL_ASCII'];
const OLDEST_VERSION = 15;
/** An arbitrary advisory lock key, unique in this project. */
const MIGRATION_LOCK = 7_302_001;

/** Brings the schema up to date and returns the names of the migrations it ran. Safe to run in several processes at once. */
export function runMigrations(url: string): Promise<string[]> {
  return underLock(url, async (dataSource) => {
    await requireFitDatabase(dataSource);
    const applied = await dataSource.runMigrations({ transaction: 'each' });
    return applied.map(({ name }) => name);
  });
}

/** The names of the migrations that `runMigrations` would run, in order. Any login may call this. */
export function pendingMigrations(url: string): Promise<string[]> {
  return underLock(url, async (dataSource) => {
    const applied = await appliedNames(dataSource);
    return MIGRATIONS.map((Migration) => new Migration().name).filter((name) => !applied.has(name));
  });
}

/** Throws DatabaseError if the schema is older than this code. */
export async function requireMigrated(url: string): Promise<void> {
  const { length } = await pendingMigrations(url);
  if (length === 0) return;
  const message = `the database schema is behind (${length} migrations): run the command "migrate" first`;
  throw new DatabaseError(message, null, null);
}

/** Throws DatabaseError for a server version or encoding that is unsupported, or would fail migrations half-way. */
async function requireFitDatabase(dataSource: DataSource): Promise<void> {
  const [found] = await dataSource.query<{ version: number; encoding: string }[]>(
    `SELECT current_setting('server_version_num')::integer AS version, current_setting('server_encoding') AS encoding`,
  );
  const { version, encoding } = found!;
  if (version < OLDEST_VERSION * 10_000)
    throw new DatabaseError(`PostgreSQL must be version ${OLDEST_VERSION} or newer`, null, null);
  if (!ENCODINGS.includes(encoding))
    throw new DatabaseError(`the encoding of the database is ${encoding} and must be UTF8`, null, null);
}

/** Throws DatabaseError if the login's search_path names no schema: even a migrated database would then look empty. */
async function requireSchema(dataSource: DataSource): Promise<void> {
  const [found] = await dataSource.query<{ schema: string | null }[]>('SELECT current_schema() AS schema');
  if (found?.schema) return;
  const remedy = 'set it, for example with ALTER ROLE … SET search_path = public';
  throw new DatabaseError(`the search_path of this login names no schema that it may use: ${remedy}`, null, null);
}

/** Reads the table directly, because TypeORM would create it if it is missing. */
async function appliedNames(dataSource: DataSource): Promise<ReadonlySet<string>> {
  const [table] = await dataSource.query<{ oid: string | null }[]>(`SELECT to_regclass('schema_migration') AS oid`);
  if (!table?.oid) return new Set();
  const applied = await dataSource.query<{ name: string }[]>('SELECT name FROM schema_migration');
  return new Set(applied.map(({ name }) => name));
}

async function underLock<T>(url: string, work: (dataSource: DataSource) => Promise<T>): Promise<T> {
  await requireOwnSessions(url);
  // No statement timeout: waiting for another process's migrations takes long, and so does migrating a large table.
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
