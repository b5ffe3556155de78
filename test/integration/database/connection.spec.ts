import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  Database,
  DatabaseError,
  DatabaseVitals,
  IntegrationRepository,
  isUnavailable,
  pendingMigrations,
} from '@integrations/database';
import { Client } from 'pg';
import { Door } from '../../support/door';
import { eventually } from '../../support/eventually';
import { integration, openDatabase, type TestDatabase } from './support';

describe('the database connection', () => {
  let db: TestDatabase;

  beforeEach(async () => {
    db = await openDatabase();
  });

  afterEach(() => db.close());

  const killAll = async () => {
    const all = `FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'test'`;
    await db.sql(`SELECT pg_terminate_backend(pid) ${all}`);
    await eventually('them to be gone', async () => (await db.sql(`SELECT 1 ${all}`)).length === 0);
  };

  it('is ready until it is closed', async () => {
    expect(await db.database.isReady()).toBe(true);
    await db.database.close();
    expect(await db.database.isReady()).toBe(false);
  });

  const isTooLate = async () => {
    const asked: (() => Promise<unknown>)[] = [
      () => db.database.ofTenant('acme').query('SELECT 1'),
      () => db.database.prepared({ name: 'one', text: 'SELECT 1' }, [], 'all_tenants'),
      () => db.database.transaction(async () => undefined),
    ];
    for (const ask of asked) {
      const refused = await ask().catch((error: unknown) => error);
      expect(refused).toMatchObject({ message: expect.stringContaining('is closed') });
      expect(isUnavailable(refused)).toBe(true);
    }
  };

  it('reports that it is closed, whatever is asked of it', async () => {
    await db.database.close();
    await isTooLate();
  });

  it('reports that it is closed while it waits for statements in flight, which end normally', async () => {
    const asleep = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`;
    const [slow, wrong] = ['SELECT pg_sleep(1)', 'SELECT 1 / (length(pg_sleep(1)::text))'].map((statement) =>
      db.database.ofTenant('acme').query(statement),
    );
    const ended = Promise.allSettled([slow, wrong]);
    await eventually('both to be under way', async () => (await db.sql(asleep)).length === 2);
    const closing = db.database.close();
    await isTooLate();
    expect(await ended).toMatchObject([{ status: 'fulfilled' }, { reason: { code: '22012' } }]);
    await closing;
  });

  it('is not ready while every connection is taken', async () => {
    const release = Promise.withResolvers<void>();
    let taken = 0;
    const busy = Array.from({ length: 10 }, () =>
      db.database.transaction(async () => {
        taken += 1;
        await release.promise;
      }),
    );
    await eventually('ten connections', () => taken === 10);
    expect(await db.database.isReady()).toBe(false);
    release.resolve();
    await Promise.all(busy);
    expect(await db.database.isReady()).toBe(true);
  });

  it('is not ready while the server is read-only, like a standby, and a writer is told to try again', async () => {
    const integrations = new IntegrationRepository(db.database);
    const vitals = new DatabaseVitals(db.database);
    const write = () => db.database.transaction((tx) => integrations.insert(integration(), tx));
    await setReadOnly('on');
    await killAll();
    const refused = await eventually('a write on a new connection', () =>
      write().catch((error: DatabaseError) => error.code === '25006' && error),
    );
    expect(isUnavailable(refused)).toBe(true);
    expect(await db.database.isReady()).toBe(false);
    await expect(vitals.read()).rejects.toMatchObject({ code: '25006' });

    await setReadOnly('off');
    await killAll();
    await eventually('another connection', () => db.database.isReady());
    await write();
    expect(await vitals.read()).toMatchObject({ oldestTransaction: expect.any(Number) });
  });

  it('reports no negative age for a transaction that began while ages were being read', async () => {
    const [holder, later] = [new Client({ connectionString: db.url }), new Client({ connectionString: db.url })];
    await Promise.all([holder.connect(), later.connect()]);
    await holder.query('BEGIN; LOCK TABLE outbox');
    const reading = new DatabaseVitals(db.database).read();
    await eventually('the reading to wait', async () => {
      const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      return (await db.sql(waiting)).length > 0;
    });
    await later.query('BEGIN; SELECT 1');
    await holder.query('COMMIT');

    const { oldestTransaction } = await reading;
    await Promise.all([holder.end(), later.end()]);
    expect(oldestTransaction).toBeGreaterThanOrEqual(0);
  });

  const setReadOnly = (value: 'on' | 'off') => setForDatabase(`default_transaction_read_only = ${value}`);
  const setForDatabase = async (setting: string) => {
    const [found] = await db.sql<{ name: string }>('SELECT current_database() AS name');
    await db.sql(`ALTER DATABASE ${found?.name} SET ${setting}`);
  };

  it('survives when the server ends idle connections', async () => {
    expect(await db.database.isReady()).toBe(true);
    await killAll();
    await eventually('another connection', () => db.database.isReady());
  });

  it('survives when the server ends it within a transaction, and writes nothing of that transaction', async () => {
    const integrations = new IntegrationRepository(db.database);
    const row = integration();
    const broken = db.database.transaction(async (tx) => {
      await integrations.insert(row, tx);
      await killAll();
      await integrations.find('acme', row.id, tx);
    });

    await expect(broken).rejects.toThrow();
    expect(await integrations.find('acme', row.id)).toBeNull();
  });

  it('asks for a retry when it breaks between the last statement of a transaction and its commit', async () => {
    const integrations = new IntegrationRepository(db.database);
    const broken = db.database.transaction(async (tx) => {
      await integrations.insert(integration(), tx);
      await killAll();
    });
    expect(isUnavailable(await broken.catch((error: unknown) => error))).toBe(true);
  });

  it('gives up statements that a frozen server leaves unanswered, and continues on another connection', async () => {
    const door = new Door(new URL(db.url));
    const database = await Database.connect({ url: await door.open(), applicationName: 'behind', poolSize: 2 });
    const integrations = new IntegrationRepository(database);
    const find = () => integrations.find('acme', randomUUID());
    const write = () => database.transaction((tx) => integrations.insert(integration(), tx));
    await Promise.all([find(), write()]);
    door.freeze();

    const asked = await Promise.allSettled([find(), write()]);
    expect(asked.map((answer) => answer.status === 'rejected' && isUnavailable(answer.reason))).toEqual([true, true]);
    await Promise.all([find(), write()]);
    await database.close();
    await door.shut();
  });

  it('counts a server as unavailable when it resets a new connection, and does not blame the login', async () => {
    const door = new Door(new URL(db.url));
    const database = await Database.connect({ url: await door.open(), applicationName: 'behind', poolSize: 2 });
    const release = Promise.withResolvers<void>();
    const busy = database.transaction(() => release.promise);
    door.resetAt('SET ROLE');

    const failure = await new IntegrationRepository(database)
      .find('acme', randomUUID())
      .catch((error: unknown) => error);
    release.resolve();
    await busy;
    await database.close();
    await door.shut();
    expect(failure).toMatchObject({ code: 'ECONNRESET', message: expect.not.stringContaining('login') });
    expect(isUnavailable(failure)).toBe(true);
  });

  it.each(['integrations.session', 'pg_backend_pid', 'pg_advisory_lock', 'to_regclass'])(
    'is reported with its address but no password when it breaks at %s during start-up',
    async (words) => {
      const door = new Door(new URL(db.url));
      const url = await door.open();
      door.resetAt(words);
      const { host, pathname } = new URL(url);
      const refused = new RegExp(`^(?:cannot connect to )?PostgreSQL at ${host}${pathname}: .*ECONNRESET$`);
      await expect(pendingMigrations(url)).rejects.toThrow(refused);
      await door.shut();
    },
  );

  it('reports its breaking outside the context of the request that opened it', async () => {
    const request = new AsyncLocalStorage<string>();
    const told: (string | undefined)[] = [];
    const onError = () => void told.push(request.getStore());
    const database = await Database.connect({ url: db.url, applicationName: 'test', poolSize: 4, onError });
    await request.run('one that ended long ago', () => Promise.all([1, 2, 3].map(() => database.isReady())));
    await killAll();
    await eventually('all of them', () => told.length >= 3);
    await database.close();

    expect(told.filter((context) => context !== undefined)).toEqual([]);
  });

  it('rolls back what a failed transaction wrote', async () => {
    const integrations = new IntegrationRepository(db.database);
    const row = integration();
    const failing = db.database.transaction(async (tx) => {
      await integrations.insert(row, tx);
      throw new Error('changed my mind');
    });

    await expect(failing).rejects.toThrow('changed my mind');
    expect(await integrations.find('acme', row.id)).toBeNull();
  });

  it('limits the time of statements and of idle transactions', async () => {
    const manager = db.database.ofTenant('acme');
    expect(await manager.query('SHOW statement_timeout')).toEqual([{ statement_timeout: '10s' }]);
    expect(await manager.query('SHOW idle_in_transaction_session_timeout')).toEqual([
      { idle_in_transaction_session_timeout: '10s' },
    ]);
  });

  it('behaves the same whatever defaults the database has for isolation, dates, backslashes and row security', async () => {
    const ofTheServer = [
      ...[`default_transaction_isolation = 'serializable'`, `datestyle = 'German'`],
      ...['standard_conforming_strings = off', 'row_security = off'],
    ];
    for (const setting of ofTheServer) await setForDatabase(setting);
    const manager = (await db.another()).ofTenant('acme');
    const read = `SELECT timestamptz '2026-11-28 05:06:07Z' AS at, current_setting('transaction_isolation') AS isolation`;
    expect(await manager.query(read)).toEqual([{ at: new Date('2026-11-28T05:06:07Z'), isolation: 'read committed' }]);
    const counted = String.raw`SELECT '7' ~ '^\d$' AS "isDigit", count(*) FROM integration`;
    expect(await manager.query(counted)).toEqual([{ isDigit: true, count: 0 }]);
  });

  it('keeps an idle session and its locks, even if the login has an idle_session_timeout', async () => {
    await setForDatabase(`idle_session_timeout = '100ms'`);
    const session = await (await db.another()).openSession();
    await session.query('SELECT pg_advisory_lock(7)');
    await delay(500);
    expect((await session.query('SELECT pg_advisory_unlock(7) AS held')).rows).toEqual([{ held: true }]);
    await session.end();
  });

  it('reports errors without the statement and its parameters', async () => {
    const integrations = new IntegrationRepository(db.database);
    const failure = await integrations
      .insert(integration({ intervalSeconds: -1, endpoint: 'http://very-private/' }))
      .catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(DatabaseError);
    expect(failure).toMatchObject({ code: '23514', constraint: 'integration_interval_seconds_check' });
    expect(JSON.stringify(failure) + (failure as Error).stack).not.toContain('very-private');
  });
});
