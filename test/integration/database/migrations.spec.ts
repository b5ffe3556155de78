import { Database, DatabaseError, pendingMigrations, requireMigrated, runMigrations } from '@integrations/database';
import { Client } from 'pg';
import { createDatabase, type TestDatabase } from '../../support/postgres';

describe('migrations', () => {
  let target: TestDatabase;

  beforeEach(async () => {
    target = await createDatabase();
  });

  afterEach(() => target.drop());

  it('run once, after which none is pending', async () => {
    const pending = await pendingMigrations(target.url);
    expect(pending.length).toBeGreaterThan(0);

    expect(await runMigrations(target.url)).toEqual(pending);
    expect(await pendingMigrations(target.url)).toEqual([]);
    expect(await runMigrations(target.url)).toEqual([]);
  });

  it('are run by exactly one of several processes that start at once', async () => {
    const runs = await Promise.all(Array.from({ length: 6 }, () => runMigrations(target.url)));

    expect(runs.filter((done) => done.length > 0)).toHaveLength(1);
    expect(await pendingMigrations(target.url)).toEqual([]);
  });

  it('leave a database alone whose encoding is not UTF-8', async () => {
    const name = new URL(target.url).pathname.slice(1);
    const server = new Client({ connectionString: process.env.TEST_POSTGRES_URL });
    await server.connect();
    await server.query(`DROP DATABASE ${name}`);
    await server.query(`CREATE DATABASE ${name} ENCODING 'LATIN1' TEMPLATE template0`).finally(() => server.end());

    const pending = await pendingMigrations(target.url);
    await expect(runMigrations(target.url)).rejects.toThrow('the encoding of the database is LATIN1 and must be UTF8');
    expect(await pendingMigrations(target.url)).toEqual(pending);
  });

  it('report a search_path that leads to no schema, which otherwise looks like a database without migrations', async () => {
    await runMigrations(target.url);
    const nowhere = `${target.url}?options=-csearch_path%3D`;
    for (const ask of [runMigrations, requireMigrated]) {
      await expect(ask(nowhere)).rejects.toThrow(
        'the search_path of this login names no schema that it may use: set it',
      );
    }
  });

  it('fail with a message that names the server but not the password', async () => {
    const url = 'postgres://someone:hunter2-hunter2@127.0.0.1:1/nowhere';

    await expect(runMigrations(url)).rejects.toThrow(/cannot connect to PostgreSQL at 127\.0\.0\.1:1\/nowhere/);
    const failure = await Database.connect({ url, applicationName: 'test' }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DatabaseError);
    expect((failure as DatabaseError).code).toBe('ECONNREFUSED');
    expect(JSON.stringify(failure) + (failure as Error).stack).not.toContain('hunter2');
  });
});
