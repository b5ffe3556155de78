import { runMigrations } from '@integrations/database';
import { Client } from 'pg';
import { createDatabase, type TestDatabase } from './postgres';

const TEMPLATE = 'migrated';

/** A fresh, migrated database in the test run's PostgreSQL, copied from a template that the first spec creates. */
export async function createMigratedDatabase(): Promise<TestDatabase> {
  await makeTemplate();
  return createDatabase(TEMPLATE);
}

/** Specs run in several processes: one creates the template, the others wait. */
async function makeTemplate(): Promise<void> {
  const client = new Client({ connectionString: process.env.TEST_POSTGRES_URL });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock(1)');
    const { rows } = await client.query<{ datistemplate: boolean }>(
      'SELECT datistemplate FROM pg_database WHERE datname = $1',
      [TEMPLATE],
    );
    if (rows[0]?.datistemplate) return;
    // Left by a process that died before it was done.
    await client.query(`DROP DATABASE IF EXISTS ${TEMPLATE}`);
    await client.query(`CREATE DATABASE ${TEMPLATE}`);
    const url = new URL(process.env.TEST_POSTGRES_URL!);
    url.pathname = `/${TEMPLATE}`;
    await runMigrations(url.toString());
    await client.query(`ALTER DATABASE ${TEMPLATE} IS_TEMPLATE true`);
  } finally {
    await client.end();
  }
}
