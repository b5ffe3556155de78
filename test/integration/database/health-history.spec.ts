import {
  HealthHistory,
  HealthRepository,
  type HealthTransition,
  IntegrationRepository,
  type IntegrationRow,
  type ProbeResult,
  type Transaction,
} from '@integrations/database';
import { eventually } from '../../support/eventually';
import { health, integration, openDatabase, type TestDatabase } from './support';

const MINUTE = 60_000;

describe('the health history', () => {
  let db: TestDatabase;
  let history: HealthHistory;
  let id: string;

  beforeAll(async () => {
    db = await openDatabase();
    history = new HealthHistory(db.database);
  });
  beforeEach(async () => {
    ({ id } = await new IntegrationRepository(db.database).insert(integration()));
  });
  afterAll(() => db.close());

  const ago = (ms: number): Date => new Date(Date.now() - ms);
  const result = (overrides: Partial<ProbeResult> = {}): ProbeResult => ({
    integrationId: id,
    tenantId: 'acme',
    checkedAt: ago(0),
    status: 'healthy',
    code: 'ok',
    latencyMs: 12,
    previous: null,
    ...overrides,
  });
  const transition = (overrides: Partial<HealthTransition> = {}): HealthTransition => ({
    integrationId: id,
    tenantId: 'acme',
    from: 'unknown',
    to: 'healthy',
    reasonCode: 'ok',
    at: ago(0),
    flapping: false,
    ...overrides,
  });
  const append = (results: ProbeResult[], transitions: HealthTransition[] = []): Promise<void> =>
    db.database.transaction((tx) => history.append({ results, transitions }, tx));
  const mine = () => ({ tenantId: 'acme', integrationId: id });
  const resultsOf = () =>
    db.sql<{ checked_at: Date; partition: string }>(
      `SELECT checked_at, tableoid::regclass::text AS partition FROM health_result WHERE integration_id = $1
       ORDER BY checked_at`,
      [id],
    );
  const gapsOf = () =>
    db.sql('SELECT kind, began_at, ended_at FROM health_gap WHERE integration_id = $1 ORDER BY began_at', [id]);

  it('stores each result of a batch in the partition of its day', async () => {
    await append([result(), result({ checkedAt: ago(24 * 60 * MINUTE) }), result({ latencyMs: 7.4 })]);
    const partitions = (await resultsOf()).map(({ partition }) => partition);
    expect(partitions).toHaveLength(3);
    for (const partition of partitions) expect(partition).toMatch(/^health_result_20\d{6}$/);
    expect(new Set(partitions).size).toBe(2);
  });

  it("stores no time ahead of PostgreSQL's clock", async () => {
    const ahead = ago(-90 * 24 * 60 * MINUTE);
    await append([result({ checkedAt: ahead })], [transition({ at: ahead })]);
    const [first] = await resultsOf();
    expect(first!.checked_at.getTime()).toBeLessThanOrEqual(Date.now() + MINUTE);
    const [turned] = await history.transitions({ ...mine(), since: ago(MINUTE), limit: 9 });
    expect(turned!.at.getTime()).toBeLessThanOrEqual(Date.now() + MINUTE);
  });

  it('is rolled back with the transaction that writes it', async () => {
    const failing = db.database.transaction(async (tx: Transaction) => {
      await history.append({ results: [result()], transitions: [transition()] }, tx);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await resultsOf()).toEqual([]);
  });

  describe('for a late check', () => {
    const checkedAt = new Date('2026-01-01T00:10:00Z');
    const previous = { checkedAt: new Date('2026-01-01T00:00:00Z'), intervalSeconds: 60 };

    it('records the time in which the status was unknown', async () => {
      await append([result({ checkedAt, previous })]);
      const began_at = new Date('2026-01-01T00:03:00Z');
      expect(await gapsOf()).toEqual([{ kind: 'stale', began_at, ended_at: checkedAt }]);
    });

    it.each([
      ['the check came within three intervals', { previous: { ...previous, intervalSeconds: 300 } }],
      ['there was no check before', { previous: null }],
      ['the check could not be made', { code: 'prober_error' as const }],
      ['the clock was set back', { previous: { ...previous, checkedAt: new Date('2026-01-02T00:00:00Z') } }],
    ])('records no gap when %s', async (_why, overrides) => {
      await append([result({ checkedAt, previous, ...overrides })]);
      expect(await gapsOf()).toEqual([]);
    });
  });

  it('records the gap also when real traffic ends it', async () => {
    const states = new HealthRepository(db.database);
    const [checkedAt, at] = [ago(60 * MINUTE), ago(MINUTE)];
    await states.save([health(id, { checkedAt })]);
    for (let n = 0; n < 2; n++) await states.weigh('acme', id, at, true);
    const began_at = new Date(checkedAt.getTime() + 3 * MINUTE);
    expect(await gapsOf()).toEqual([{ kind: 'stale', began_at, ended_at: at }]);
    expect((await states.find('acme', [id])).get(id)).toMatchObject({ checkedAt: at, successes: 2 });
  });

  it('returns the transitions and gaps of a period, newest first, to their tenant only', async () => {
    const before = { at: ago(9 * MINUTE) };
    await append(
      [result({ previous: { checkedAt: ago(20 * MINUTE), intervalSeconds: 60 } })],
      [
        transition(before),
        transition({ at: ago(2 * MINUTE), from: 'healthy', to: 'unhealthy', reasonCode: 'timeout' }),
      ],
    );
    const range = { ...mine(), since: ago(60 * MINUTE), limit: 9 };
    expect(await history.transitions(range)).toMatchObject([
      { from: 'healthy', to: 'unhealthy', reasonCode: 'timeout', flapping: false },
      { from: 'unknown', to: 'healthy', reasonCode: 'ok' },
    ]);
    expect(await history.gaps(range)).toMatchObject([{ kind: 'stale' }]);
    expect(await history.transitions({ ...range, limit: 1 })).toMatchObject([{ to: 'unhealthy' }]);
    expect(await history.transitions({ ...range, since: ago(5 * MINUTE) })).toHaveLength(1);

    const rival = { ...range, tenantId: 'globex' };
    expect([await history.transitions(rival), await history.gaps(rival), await history.latency(rival)]).toEqual([
      [],
      [],
      null,
    ]);
  });

  it('reports the latencies of the newest checks, without those that could not be made', async () => {
    const since = ago(60 * MINUTE);
    await append([
      ...Array.from({ length: 100 }, (_, nth) => result({ checkedAt: ago(30 * MINUTE), latencyMs: nth + 1 })),
      result({ latencyMs: 9_999, code: 'prober_error', status: 'unknown' }),
      result({ latencyMs: 5_000, checkedAt: ago(120 * MINUTE) }),
    ]);
    const all = await history.latency({ ...mine(), since, limit: 1_000 });
    expect(all).toEqual({ checks: 100, from: expect.any(Date), p50: 50, p95: 95, p99: 99, max: 100 });
    expect(await history.latency({ ...mine(), since, limit: 10 })).toMatchObject({ checks: 10 });
    expect(await history.latency({ ...mine(), since: ago(0), limit: 10 })).toBeNull();
  });

  it('is removed when its integration is purged', async () => {
    await append([], [transition()]);
    await db.sql('DELETE FROM integration WHERE id = $1', [id]);
    expect(await history.transitions({ ...mine(), since: ago(MINUTE), limit: 9 })).toEqual([]);
  });

  it('is written by a check that ends during the purge of its integration, without a deadlock', async () => {
    const states = new HealthRepository(db.database);
    const integrations = new IntegrationRepository(db.database);
    await states.save([health(id)]);
    const deleted = (await integrations.softDelete('acme', id, 1)) as IntegrationRow;
    let purging: Promise<boolean> | undefined;
    await db.database.transaction(async (tx) => {
      await states.save([health(id)], tx);
      purging = db.database.transaction((other) => integrations.purge(deleted, other));
      await eventually('the purge to wait', async () => {
        const waiting = await db.sql('SELECT FROM pg_locks WHERE NOT granted');
        return waiting.length > 0;
      });
      await history.append({ results: [result()], transitions: [transition()] }, tx);
    });
    expect(await purging).toBe(true);
  });
});
