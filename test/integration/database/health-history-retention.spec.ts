import { HealthHistory, HealthRetention, IntegrationRepository, runMigrations } from '@integrations/database';
import { Client } from 'pg';
import { eventually } from '../../support/eventually';
import { createDatabase } from '../../support/postgres';
import { integration, openDatabase, type TestDatabase } from './support';

const DAY = 24 * 3_600_000;

describe('the retention of health history', () => {
  let db: TestDatabase;
  let retention: HealthRetention;

  beforeEach(async () => {
    db = await openDatabase();
    retention = new HealthRetention(db.database);
    // The database is a copy of a template that may have been migrated before midnight.
    await retention.keep(new Date());
  });
  afterEach(() => db.close());

  const day = (ahead: number): string => new Date(Date.now() + ahead * DAY).toISOString().slice(0, 10);
  const partitionOf = (ahead: number): string => `health_result_${day(ahead).replaceAll('-', '')}`;
  const partitions = async (): Promise<string[]> =>
    (
      await db.sql<{ name: string }>(
        `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'health_result'::regclass ORDER BY 1`,
      )
    ).map(({ name }) => name);
  const addPartition = (ahead: number) =>
    db.sql(`CREATE TABLE ${partitionOf(ahead)} PARTITION OF health_result
      FOR VALUES FROM ('${day(ahead)} 00:00Z') TO ('${day(ahead + 1)} 00:00Z')`);
  const insertResult = (checkedAt: string) =>
    db.sql(
      `INSERT INTO health_result (integration_id, tenant_id, checked_at, status, code, latency_ms)
       VALUES (gen_random_uuid(), 'acme', $1, 'healthy', 'ok', 7)`,
      [checkedAt],
    );
  const inDefault = async (): Promise<number> => (await db.sql('SELECT 1 FROM health_result_default')).length;

  it('creates a partition for each day from yesterday to three days ahead, from the first migration on', async () => {
    await db.close();
    const created = await createDatabase();
    await runMigrations(created.url);
    db = await openDatabase(Promise.resolve(created));
    retention = new HealthRetention(db.database);
    const expected = [...[-1, 0, 1, 2, 3].map(partitionOf), 'health_result_default'];
    expect(await partitions()).toEqual(expected);
    await retention.keep(new Date());
    expect(await partitions()).toEqual(expected);
  });

  it('drops whole partitions of days that ended over a week ago, and no younger ones', async () => {
    for (const ahead of [-30, -9, -8, -7]) await addPartition(ahead);
    await insertResult(`${day(-9)} 12:00Z`);
    await retention.keep(new Date());
    const kept = await partitions();
    expect(kept).not.toContain(partitionOf(-9));
    expect(kept).not.toContain(partitionOf(-8));
    expect(kept).toContain(partitionOf(-7));
    expect(kept).not.toContain(partitionOf(-30));
  });

  it("drops them even if PostgreSQL's plan looks at the names of all tables first", async () => {
    await addPartition(-9);
    await db.sql(`DO $$ BEGIN
      SET LOCAL enable_nestloop = off;
      SET LOCAL enable_indexscan = off;
      PERFORM health_result_keep(now());
    END $$`);
    expect(await partitions()).not.toContain(partitionOf(-9));
  });

  it('drops nothing when the clock of a worker or of PostgreSQL is wrong', async () => {
    for (const ahead of [-9, -7]) await addPartition(ahead);
    const before = await partitions();
    // This worker's clock is two weeks behind: by it, nothing is old enough, whatever PostgreSQL's clock says.
    await retention.keep(new Date(Date.now() - 14 * DAY));
    expect(await partitions()).toEqual(before);
    await retention.keep(new Date(Date.now() + 1_000 * DAY));
    expect(await partitions()).toContain(partitionOf(-7));
  });

  it('lets results be stored when partitions are missing, and creates those of the other days', async () => {
    for (const partition of await partitions()) {
      if (partition !== 'health_result_default') await db.sql(`DROP TABLE ${partition}`);
    }
    const { id } = await new IntegrationRepository(db.database).insert(integration());
    const result = { integrationId: id, tenantId: 'acme', checkedAt: new Date(), latencyMs: 3, previous: null };
    await db.database.transaction((tx) =>
      new HealthHistory(db.database).append(
        { results: [{ ...result, status: 'healthy', code: 'ok' }], transitions: [] },
        tx,
      ),
    );
    expect(await inDefault()).toBe(1);
    await retention.keep(new Date());
    expect(await partitions()).toEqual([...[-1, 1, 2, 3].map(partitionOf), 'health_result_default']);
  });

  it('removes old results from the default partition too', async () => {
    await insertResult(`${day(-20)} 12:00Z`);
    await insertResult(`${day(-3)} 12:00Z`);
    await retention.keep(new Date());
    expect(await inDefault()).toBe(1);
  });

  it('removes transitions and gaps after 400 days, however many there are', async () => {
    const { id } = await new IntegrationRepository(db.database).insert(integration());
    await db.sql(
      `INSERT INTO health_transition (tenant_id, integration_id, at, from_status, to_status, reason_code, flapping)
       SELECT 'acme', $1, now() - days * interval '1 day', 'healthy', 'degraded', 'ok', false
       FROM (SELECT 401 AS days FROM generate_series(1, 12000) UNION ALL VALUES (399), (1)) AS turned`,
      [id],
    );
    await db.sql(
      `INSERT INTO health_gap (tenant_id, integration_id, kind, began_at, ended_at)
       SELECT 'acme', $1, 'stale', now() - interval '500 days', now() - days * interval '1 day'
       FROM (VALUES (401), (399)) AS gap (days)`,
      [id],
    );
    await retention.keep(new Date());
    expect(await db.sql('SELECT 1 FROM health_transition')).toHaveLength(2);
    expect(await db.sql('SELECT 1 FROM health_gap')).toHaveLength(1);
  });

  it('can run in many processes at once', async () => {
    const before = await partitions();
    for (const ahead of [-30, -20, -10]) await addPartition(ahead);
    const others = await Promise.all([db.another(), db.another()]);
    const keepers = [db.database, ...others].map((database) => new HealthRetention(database));
    await Promise.all([...keepers, ...keepers].map((keeper) => keeper.keep(new Date())));
    expect(await partitions()).toEqual(before);
  });

  it('gives up when a long-running reader holds the table, so that it does not block probes for long', async () => {
    await addPartition(-10);
    const reader = new Client({ connectionString: db.url });
    await reader.connect();
    try {
      await reader.query('BEGIN');
      await reader.query('SELECT count(*) FROM health_result');
      const kept = retention.keep(new Date()).then(
        () => 'kept',
        (error: { code?: string }) => error.code,
      );
      await eventually('a session to wait for the table', async () => {
        const waiting = await db.sql(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return waiting.length > 0;
      });
      await insertResult(new Date().toISOString());
      expect(await kept).toBe('55P03');
    } finally {
      await reader.end();
    }
    await retention.keep(new Date());
    expect(await partitions()).not.toContain(partitionOf(-10));
  });

  it('is backed by indexes for results by integration and time, and for transitions by age', async () => {
    const plans = await Promise.all([
      db.sql(`EXPLAIN SELECT latency_ms FROM health_result WHERE integration_id = '01920000-0000-7000-8000-000000000001'
        AND checked_at > now() - interval '1 day' ORDER BY checked_at DESC LIMIT 9`),
      db.sql(`EXPLAIN SELECT position FROM health_transition WHERE at < now() ORDER BY at LIMIT 5`),
    ]);
    expect(JSON.stringify(plans[0])).not.toContain('Seq Scan');
    expect(JSON.stringify(plans[1])).toContain('health_transition_age');
  });
});
