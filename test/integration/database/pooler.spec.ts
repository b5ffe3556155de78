import { IntegrationRepository, pendingMigrations, runMigrations } from '@integrations/database';
import { type Pooler, startPgbouncer } from '../../support/pgbouncer';
import { createDatabase, type TestDatabase as Target } from '../../support/postgres';
import { integration, openDatabase } from './support';

describe('behind a connection pooler', () => {
  let target: Target;
  let pooler: Pooler;

  beforeEach(async () => {
    target = await createDatabase();
  });

  afterEach(async () => {
    await pooler.stop();
    await target.drop();
  });

  it('in session mode, everything works as without it, including limits and tenants', async () => {
    pooler = await startPgbouncer(target.url, 'session');
    await runMigrations(pooler.url);
    const db = await openDatabase(Promise.resolve({ url: pooler.url, drop: () => Promise.resolve() }));
    const integrations = new IntegrationRepository(db.database);
    const row = integration();
    await db.database.transaction((tx) => integrations.insert(row, tx));
    expect(await integrations.find(row.tenantId, row.id)).toMatchObject({ id: row.id });
    expect(await integrations.find('somebody-else', row.id)).toBeNull();
    const shown = async (setting: string) =>
      (await db.database.ofTenant('acme').query<object[]>(`SHOW ${setting}`)).flatMap(Object.values);
    expect(await shown('statement_timeout')).toEqual(['10s']);
    expect(await shown('idle_in_transaction_session_timeout')).toEqual(['10s']);

    const session = await db.database.openSession();
    const { rows } = await session.query('SHOW tcp_keepalives_idle');
    expect(rows).toEqual([{ tcp_keepalives_idle: '10' }]);
    await session.end();
    await db.close();
  });

  it('in transaction mode, nothing starts, and no lock is left on the server', async () => {
    pooler = await startPgbouncer(target.url, 'transaction');
    const refused =
      /^PostgreSQL at 127\.0\.0\.1:\d+\/\w+ is behind a pooler that shares .+ \(PgBouncer: pool_mode = session\)$/;
    await expect(pendingMigrations(pooler.url)).rejects.toThrow(refused);
    await expect(runMigrations(pooler.url)).rejects.toThrow(refused);
    expect((await runMigrations(target.url)).length).toBeGreaterThan(0);
  });
});
