import type { HealthStatus, ProbeCode } from '@integrations/contracts';
import {
  HealthRepository,
  type HealthRow,
  IntegrationRepository,
  type IntegrationRow,
  type NewIntegration,
  type ProbeDemand,
  type ProbeLease,
  ProbeScheduleRepository,
} from '@integrations/database';
import { eventually } from '../../support/eventually';
import { sessionsLeft } from './rows-read';
import { health, integration, openDatabase, type TestDatabase } from './support';

describe('the probe schedule', () => {
  let db: TestDatabase;
  let schedule: ProbeScheduleRepository;
  const past = new Date('2026-01-01T00:00:00Z');
  const future = new Date(Date.now() + 3_600_000);

  beforeEach(async () => {
    db = await openDatabase();
    schedule = new ProbeScheduleRepository(db.database);
  });

  afterEach(() => db.close());

  let hosts = 0;
  /** Schedules an integration, by default on its own host. */
  async function scheduled(dueAt: Date, overrides: Partial<NewIntegration> = {}): Promise<IntegrationRow> {
    const endpoint = `http://host${(hosts += 1)}.example`;
    const row = await new IntegrationRepository(db.database).insert(integration({ endpoint, ...overrides }));
    await schedule.put(row.id, row.tenantId, 60, dueAt);
    return row;
  }

  const demand = (overrides: Partial<ProbeDemand> = {}): ProbeDemand => ({
    wanted: [{ provider: 'in_memory', slow: false, limit: 10 }],
    running: [],
    hostLimit: 10,
    leaseMs: 30_000,
    ...overrides,
  });
  const claim = async (overrides: Partial<ProbeDemand> = {}) => (await schedule.claimDue(demand(overrides))).leases;
  /** Claims like a worker that has already looked for all. */
  const claimSince = (since: Date) => claim({ wanted: [{ provider: 'in_memory', slow: false, limit: 10, since }] });
  const databaseNow = async () => (await db.sql<{ now: Date }>('SELECT now()'))[0]!.now;
  const ids = (leases: readonly ProbeLease[]) => leases.map((lease) => lease.integration?.id);
  const expire = () => db.sql(`UPDATE probe_target SET lease_until = now() - interval '1 second'`);
  const done = (lease: ProbeLease, nextDueAt = future, refusedVersion: string | null = null) => ({
    ...{ target: lease.target, leaseToken: lease.leaseToken, nextDueAt, refusedVersion, slow: false },
  });
  const members = async (leases: readonly ProbeLease[]) =>
    (await db.database.transaction((tx) => schedule.members(leases, tx))).members;
  const moveTo = async (row: IntegrationRow, endpoint: string) => {
    await new IntegrationRepository(db.database).update(row.tenantId, row.id, row.generation, { endpoint });
    await schedule.put(row.id, row.tenantId, 60, past);
  };

  /** Closes the connections, because PostgreSQL reliably reports their reads only then. */
  const readOf = async (...tables: string[]) => {
    await db.database.close();
    await sessionsLeft(db, 0);
    const [read] = await db.sql<{ rows: number; whole: number }>(
      `SELECT sum(seq_tup_read + idx_tup_fetch)::int AS rows, sum(seq_scan)::int AS whole FROM pg_stat_user_tables
       WHERE relname = ANY ($1)`,
      [tables],
    );
    return read;
  };

  /** Registers `rows` due integrations, each on its own host. */
  const registerDue = (rows: number) =>
    db.sql(
      `WITH made AS (
         INSERT INTO integration (id, tenant_id, name, type, provider, endpoint, config, tags, enabled, interval_seconds)
         SELECT gen_random_uuid(), 'acme', 'n' || n, 'scm', 'in_memory', 'http://h' || n, '{}', '{}', true, 60
         FROM generate_series(1, $1::int) n RETURNING *
       ), target AS (
         INSERT INTO probe_target (key, tenant_id, provider, host, due_at)
         SELECT id, 'acme', provider, endpoint, now() FROM made RETURNING key)
       INSERT INTO probe_schedule (integration_id, tenant_id, interval_seconds, target)
       SELECT key, 'acme', 60, key FROM target`,
      [rows],
    );

  it('leases only due probes, the longest due first', async () => {
    const late = await scheduled(new Date(past.getTime() + 1_000));
    const later = await scheduled(past);
    await scheduled(future);

    const [first] = await claim({ wanted: [{ provider: 'in_memory', slow: false, limit: 1 }] });
    const { id, tenantId, provider, endpoint, authRef, config } = later;
    expect(first).toEqual({
      target: expect.any(String),
      leaseToken: expect.any(String),
      provider: 'in_memory',
      slow: false,
      host: new URL(endpoint).host,
      lagMs: expect.any(Number),
      refusedVersion: null,
      woken: false,
      integration: { id, tenantId, provider, endpoint, authRef, config },
    });
    expect(Math.abs(Date.now() - past.getTime() - first!.lagMs)).toBeLessThan(60_000);
    expect(ids(await claim())).toEqual([late.id]);
    expect(await claim()).toEqual([]);
  });

  it('reports how long the next probe has been due, even while leased, until it is completed', async () => {
    const wait = () => schedule.longestWait(['in_memory', 'gitlab']);
    expect(await wait()).toBe(0);
    await scheduled(future);
    await scheduled(past, { provider: 'nobody_has_loaded_this' });
    expect(await wait()).toBe(0);

    await scheduled(new Date(Date.now() - 600_000));
    expect(Math.round(await wait())).toBeCloseTo(600, -1);
    const [lease] = await claim();
    expect(Math.round(await wait())).toBeCloseTo(600, -1);
    await db.database.transaction((tx) => schedule.complete([done(lease!)], tx));
    expect(await wait()).toBe(0);
  });

  it('reads little more than it leases, even with plans from when nothing was registered', async () => {
    const [rows, limit] = [2_000, 100];
    const wanted = [{ provider: 'in_memory', slow: false, limit }];
    // PostgreSQL keeps a plan from the sixth execution on, until it analyses the tables again.
    for (let time = 0; time < 6; time++) await members(await claim({ wanted }));
    await registerDue(rows);
    await new HealthRepository(db.database).save(
      (await db.sql<IntegrationRow>('SELECT id FROM integration')).map(({ id }) => health(id)),
    );

    expect(await members(await claim({ wanted }))).toHaveLength(limit);
    const read = await readOf('integration', 'integration_health', 'probe_schedule');
    // Registering also reads each integration, for the foreign keys.
    expect(read!.rows).toBeGreaterThan(limit);
    expect(read!.rows).toBeLessThan(5 * rows);
  });

  it('never scans the table, even with plans from when everything was due', async () => {
    await registerDue(20_000);
    await db.sql('ANALYZE');
    for (let time = 0; time < 7; time++) {
      const leases = await claim({ wanted: [{ provider: 'in_memory', slow: false, limit: 100 }] });
      await db.database.transaction((tx) => schedule.members(leases, tx));
    }
    const read = await readOf('probe_target');
    expect(read!.whole).toBe(0);
    expect(read!.rows).toBeGreaterThanOrEqual(700);
  });

  it('never leases one probe to two workers', async () => {
    const rows = 400;
    await registerDue(rows);
    const others = await Promise.all([db.another(), db.another()]);
    const workers = [db.database, ...others].map((database) => new ProbeScheduleRepository(database));
    const claimed: ProbeLease[] = [];
    const wanted = [{ provider: 'in_memory', slow: false, limit: 7 }];
    await Promise.all(
      workers.flatMap((worker) =>
        Array.from({ length: 4 }, async () => {
          for (;;) {
            const { leases } = await worker.claimDue(demand({ wanted }));
            if (leases.length === 0) return;
            claimed.push(...leases);
          }
        }),
      ),
    );

    expect(new Set(claimed.map(({ target }) => target)).size).toBe(claimed.length);
    // A claim that met only locked rows may have ended early. The remaining targets must still be claimable.
    const rest = await claim({ wanted: [{ provider: 'in_memory', slow: false, limit: rows }] });
    expect(claimed.length + rest.length).toBe(rows);
  });

  describe('a target', () => {
    const shared = { endpoint: 'https://Forge.example:8443/api', config: { b: 1, a: { x: 1, y: 2 } } };

    it('is shared by integrations that a probe cannot tell apart, and leased once for all of them', async () => {
      const first = await scheduled(past, shared);
      const second = await scheduled(past, { ...shared, config: { a: { y: 2, x: 1 }, b: 1 }, intervalSeconds: 300 });
      const leases = await claim();
      expect(leases).toMatchObject([{ host: 'forge.example:8443' }]);
      const sharing = await members(leases);
      expect(sharing.map(({ integrationId }) => integrationId).sort()).toEqual([first.id, second.id].sort());
      expect(sharing[0]).toMatchObject({ tenantId: 'acme', type: 'scm', provider: 'in_memory', generation: 1 });
    });

    it.each([
      ['tenant', { tenantId: 'globex' }],
      ['endpoint', { endpoint: 'https://forge.example' }],
      ['credential', { authRef: 'authref://env/other' }],
      ['config', { config: { b: 2, a: { x: 1, y: 2 } } }],
    ])('is separate for another %s', async (_what, difference) => {
      await scheduled(past, shared);
      await scheduled(past, { ...shared, ...difference });
      expect(await claim()).toHaveLength(2);
    });

    it('is due when the first of its integrations is due', async () => {
      await scheduled(past, shared);
      await schedule.complete((await claim()).map((lease) => done(lease)));
      expect(await claim()).toEqual([]);
      await scheduled(past, shared);
      expect(await claim()).toHaveLength(1);
    });

    it('is removed once no integration shares it, but not if one has just joined', async () => {
      const gone = await scheduled(past);
      const kept = await scheduled(past, shared);
      const leases = await claim();
      await schedule.remove('acme', gone.id);
      await schedule.remove('acme', kept.id);
      const came = await scheduled(past, shared);
      await schedule.retire(leases);
      const left = await db.sql('SELECT integration_id FROM probe_target LEFT JOIN probe_schedule ON target = key');
      expect(left).toEqual([{ integration_id: came.id }]);
    });

    it("is removed together with integrations that were disabled behind the schedule's back", async () => {
      const row = await scheduled(past);
      await db.sql('UPDATE integration SET enabled = false WHERE id = $1', [row.id]);
      const leases = await claim();
      expect(ids(leases)).toEqual([undefined]);
      await schedule.retire(leases);
      expect(await db.sql('SELECT FROM probe_target')).toEqual([]);
    });
  });

  describe('claims', () => {
    it('take the number wanted of each provider, and none of other providers', async () => {
      for (let n = 0; n < 5; n++) await scheduled(past, { provider: 'hanging' });
      for (let n = 0; n < 3; n++) await scheduled(new Date(), { provider: 'quick' });
      await scheduled(past, { provider: 'unknown' });
      const wanted = [
        { provider: 'hanging', slow: false, limit: 2 },
        { provider: 'quick', slow: false, limit: 10 },
      ];
      const providers = (await claim({ wanted })).map(({ provider }) => provider);
      expect(providers.sort()).toEqual(['hanging', 'hanging', 'quick', 'quick', 'quick']);
    });

    it('take no more probes of a host than may run there, and report the hosts with more', async () => {
      const endpoint = (n: number) => `https://crowded.example/${n}`;
      for (let n = 0; n < 6; n++) await scheduled(past, { endpoint: endpoint(n) });
      const behind = await scheduled(new Date());
      const running = [{ host: 'crowded.example', probes: 1 }];

      const some = { wanted: [{ provider: 'in_memory', slow: false, limit: 5 }], hostLimit: 3 };
      const first = await schedule.claimDue(demand({ ...some, running }));
      expect(first.leases.map(({ host }) => host)).toEqual(['crowded.example', 'crowded.example']);
      expect(first.crowded).toEqual(['crowded.example']);

      const full = [{ host: 'crowded.example', probes: 3 }];
      const second = await schedule.claimDue(demand({ ...some, running: full }));
      expect(ids(second.leases)).toEqual([behind.id]);
      expect(second.crowded).toEqual([]);
    });

    it('skip what was ready before the given time', async () => {
      const since = new Date(past.getTime() + 1_000);
      const before = await scheduled(past);
      const after = await scheduled(since);
      const wanted = { provider: 'in_memory', slow: false, limit: 10 };
      expect(ids(await claim({ wanted: [{ ...wanted, since }] }))).toEqual([after.id]);
      expect(ids(await claim({ wanted: [{ ...wanted, since: null }] }))).toEqual([before.id]);
    });
  });

  it('completes a lease once, and sets the next due time', async () => {
    await scheduled(past);
    const [lease] = await claim();
    const completed = [done(lease!, past)];

    expect(await schedule.complete(completed)).toEqual([lease!.target]);
    expect(await schedule.complete(completed)).toEqual([]);
    expect(await claim()).toHaveLength(1);
  });

  it('leases an expired probe to another worker, and fences the first', async () => {
    const { id } = await scheduled(past);
    const [first] = await claim();
    await expire();
    const [second] = await claim();

    expect(second!.leaseToken).not.toBe(first!.leaseToken);
    expect(await schedule.complete([done(first!)])).toEqual([]);
    expect(await members([first!])).toEqual([]);
    await schedule.release([first!]);
    expect(await claim()).toEqual([]);
    expect(await members([second!])).toMatchObject([{ integrationId: id }]);
    expect(await schedule.complete([done(second!)])).toEqual([second!.target]);
  });

  it('makes a released probe available at once', async () => {
    await scheduled(past);
    const leases = await claim();
    const looked = await databaseNow();
    await schedule.release(leases);

    expect(await claimSince(looked)).toHaveLength(1);
  });

  it('drops the result for an integration that was changed, disabled or removed during the probe', async () => {
    const [changed, disabled, removed] = [await scheduled(past), await scheduled(past), await scheduled(past)];
    const leases = await claim();
    await moveTo(changed, 'https://elsewhere.example');
    await db.sql('UPDATE integration SET enabled = false WHERE id = $1', [disabled.id]);
    await schedule.remove('acme', removed.id);

    expect(await members(leases)).toEqual([]);
    expect(ids(await claim())).toEqual([changed.id]);
  });

  it('repeats a probe requested during a probe right after it, whatever that found', async () => {
    const asked = await scheduled(past);
    const put = await scheduled(past);
    const leases = await claim();
    await schedule.wake('acme', asked.id);
    await schedule.put(put.id, 'acme', 300, new Date());
    expect(await claim()).toEqual([]);

    const looked = await databaseNow();
    await schedule.complete(leases.map((lease) => done(lease, future, 'v1')));
    const again = await claimSince(looked);
    expect(ids(again).sort()).toEqual([asked.id, put.id].sort());
    expect(again.every(({ refusedVersion, woken }) => refusedVersion === null && woken)).toBe(true);
    await schedule.complete(again.map((lease) => done(lease)));
    expect(await claim()).toEqual([]);
  });

  it('leases nothing to a caller that has timed out by then', async () => {
    const row = await scheduled(past);
    const now = (await databaseNow()).getTime();
    expect(await claim({ until: new Date(now - 1_000) })).toEqual([]);
    expect(ids(await claim({ until: new Date(now + 60_000) }))).toEqual([row.id]);
  });

  it("brings forward the checks of a host's unhealthy integrations if their error may be the host's and their interval is long", async () => {
    const endpoint = 'http://back.example/api';
    let made = 0;
    const failing = async (code: ProbeCode, at: string, dueAt = future, status: HealthStatus = 'unhealthy') => {
      const { id } = await scheduled(dueAt, { endpoint: `${at}/${(made += 1)}` });
      await new HealthRepository(db.database).save([health(id, { status, settled: status, code })]);
      return id;
    };
    const soon = new Date(Date.now() + 50_000);
    const seldom = await Promise.all(Array.from({ length: 20 }, () => failing('tcp_refused', endpoint)));
    const others = [
      await failing('tcp_refused', endpoint, soon),
      await failing('credential_invalid', endpoint),
      await failing('timeout', endpoint, future, 'degraded'),
      await failing('tcp_refused', 'http://away.example'),
    ];
    await schedule.moveUp(['back.example', 'unknown.example'], ['tcp_refused', 'timeout']);
    const now = await databaseNow();
    const waits = async (id: string) => (await schedule.nextDue('acme', id))!.getTime() - now.getTime();
    const movedUp = (await Promise.all(seldom.map(waits))).sort((a, b) => a - b);
    expect(movedUp.at(-1)).toBeLessThanOrEqual(60_000);
    expect(movedUp.at(-1)! - movedUp[0]!).toBeGreaterThan(20_000); // spread over the interval
    const [first, ...rest] = await Promise.all(others.map((id) => schedule.nextDue('acme', id)));
    expect(first).toEqual(soon);
    expect(rest).toEqual([future, future, future]);
  });

  it('brings a shared target forward to the shortest interval of its integrations', async () => {
    const endpoint = 'http://back.example';
    for (const interval of [900, 1, 900]) {
      const { id } = await scheduled(future, { endpoint });
      await schedule.put(id, 'acme', interval, future);
      const [status, settled, code] = ['unhealthy', 'unhealthy', 'timeout'] as const;
      await new HealthRepository(db.database).save([health(id, { status, settled, code })]);
    }
    await schedule.moveUp(['back.example'], ['timeout']);
    const inASecond = (await databaseNow()).getTime() + 1_000;
    const [target] = await db.sql<{ due_at: Date }>('SELECT due_at FROM probe_target');
    expect(target!.due_at.getTime()).toBeLessThanOrEqual(inASecond);
  });

  it('remembers a refused credential until the integration is tested or changed', async () => {
    const row = await scheduled(past);
    const refuse = async () => {
      await schedule.complete((await claim()).map((lease) => done(lease, past, 'v1')));
      const [lease] = await claim();
      expect(lease!.refusedVersion).toBe('v1');
      await schedule.release([lease!]);
    };
    await refuse();
    await schedule.wake('globex', row.id);
    expect((await claim())[0]!.refusedVersion).toBe('v1');
    await expire();
    await schedule.wake('acme', row.id);
    await refuse();
    await schedule.put(row.id, 'acme', 60, past);
    expect((await claim())[0]!.refusedVersion).toBeNull();
  });

  it('leases slow targets only to callers that want them, until they are quick or a check is requested', async () => {
    const row = await scheduled(past);
    const slow = { wanted: [{ provider: 'in_memory', slow: true, limit: 10 }] };
    const complete = (leases: readonly ProbeLease[], isSlow: boolean) =>
      schedule.complete(leases.map((lease) => ({ ...done(lease, past), slow: isSlow })));

    await complete(await claim(), true);
    expect(await claim()).toEqual([]);
    const [again] = await claim(slow);
    expect(again).toMatchObject({ slow: true, integration: { id: row.id } });
    await complete([again!], false);
    expect(await claim(slow)).toEqual([]);

    await complete(await claim(), true);
    const looked = await databaseNow();
    await schedule.wake('acme', row.id);
    const woken = await claimSince(looked);
    expect(ids(woken)).toEqual([row.id]);
    await schedule.put(row.id, 'acme', 60, past); // while it is probed
    await complete(woken, true);
    const put = await claimSince(looked);
    expect(ids(put)).toEqual([row.id]);

    await complete(put, true);
    await schedule.put(row.id, 'acme', 60, 'now');
    expect(ids(await claimSince(looked))).toEqual([row.id]);
  });

  it('releases targets in the order in which others lock them, to avoid deadlocks', async () => {
    const authRef = 'authref://local/shared';
    const failing: HealthRow[] = [];
    for (let n = 0; n < 3; n += 1) failing.push(health((await scheduled(past, { authRef })).id, { failures: 1 }));
    await new HealthRepository(db.database).save(failing);
    const lastFirst = (await claim()).toSorted((a, b) => b.target.localeCompare(a.target));
    // Puts the rows into this order in the table, too.
    for (const { target } of lastFirst)
      await db.sql('UPDATE probe_target SET due_at = due_at WHERE key = $1', [target]);
    const waiting = (count: number) =>
      eventually('the waiting sessions', async () => {
        const query = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        return (await db.sql(query)).length === count;
      });

    let ended: Promise<PromiseSettledResult<void>[]> | undefined;
    await db.database.transaction(async (tx) => {
      await schedule.members(lastFirst.slice(1, 2), tx);
      const woken = schedule.wakeFailing('acme', authRef);
      await waiting(1);
      ended = Promise.allSettled([woken, schedule.release(lastFirst)]);
      await waiting(2);
    });
    expect((await ended)?.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  });

  it('writes nothing when the completing transaction fails', async () => {
    await scheduled(past);
    const [lease] = await claim();
    const failing = db.database.transaction(async (tx) => {
      await schedule.complete([done(lease!)], tx);
      throw new Error('no');
    });

    await expect(failing).rejects.toThrow('no');
    expect(await schedule.complete([done(lease!)])).toHaveLength(1);
  });

  it("does not schedule another tenant's integration", async () => {
    const { id } = await scheduled(future);
    await expect(schedule.put(id, 'globex', 60, past)).rejects.toThrow(/not one of tenant globex/);
    expect(await claim()).toEqual([]);
  });
});
