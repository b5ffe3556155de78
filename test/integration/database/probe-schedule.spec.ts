import { IntegrationRepository, type ProbeLease, ProbeScheduleRepository } from '@integrations/database';
import { integration, openDatabase, type TestDatabase } from './support';

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

  async function scheduled(dueAt: Date): Promise<string> {
    const { id } = await new IntegrationRepository(db.database).insert(integration());
    await schedule.put(id, 'acme', 60, dueAt);
    return id;
  }

  const expire = () => db.sql(`UPDATE probe_schedule SET lease_until = now() - interval '1 second'`);
  const claim = (limit = 10) => schedule.claimDue({ limit, leaseMs: 30_000 });

  it('leases what is due, longest first, and nothing else', async () => {
    const late = await scheduled(new Date(past.getTime() + 1_000));
    const later = await scheduled(past);
    await scheduled(future);

    expect(await claim(1)).toEqual([
      { integrationId: later, tenantId: 'acme', intervalSeconds: 60, dueAt: past, leaseToken: expect.any(String) },
    ]);
    expect((await claim()).map(({ integrationId }) => integrationId)).toEqual([late]);
    expect(await claim()).toEqual([]);
  });

  it('never gives one probe to two claimers', async () => {
    const rows = 400;
    await db.sql(
      `WITH made AS (
         INSERT INTO integration (id, tenant_id, name, type, provider, endpoint, config, tags, enabled, interval_seconds)
         SELECT gen_random_uuid(), 'acme', 'n' || n, 'scm', 'in_memory', '', '{}', '{}', true, 60
         FROM generate_series(1, $1::int) n RETURNING id)
       INSERT INTO probe_schedule (integration_id, tenant_id, interval_seconds, due_at)
       SELECT id, 'acme', 60, now() FROM made`,
      [rows],
    );
    const others = await Promise.all([db.another(), db.another()]);
    const workers = [db.database, ...others].map((database) => new ProbeScheduleRepository(database));
    const claimed: ProbeLease[] = [];
    await Promise.all(
      workers.flatMap((worker) =>
        Array.from({ length: 4 }, async () => {
          for (;;) {
            const leases = await worker.claimDue({ limit: 7, leaseMs: 60_000 });
            if (leases.length === 0) return;
            claimed.push(...leases);
          }
        }),
      ),
    );

    expect(new Set(claimed.map(({ integrationId }) => integrationId)).size).toBe(claimed.length);
    // A claimer that met only locked rows may have gone home early; what is left must still be claimable.
    const rest = await claim(rows);
    expect(claimed.length + rest.length).toBe(rows);
  });

  it('completes a lease once, and says what is due next', async () => {
    const id = await scheduled(past);
    const [lease] = await claim();
    const completed = [{ integrationId: id, leaseToken: lease!.leaseToken, nextDueAt: past }];

    expect(await schedule.complete(completed)).toEqual([id]);
    expect(await schedule.complete(completed)).toEqual([]);
    expect(await claim()).toHaveLength(1);
  });

  it('hands an expired lease to another, and fences the first', async () => {
    const id = await scheduled(past);
    const [first] = await claim();
    await expire();
    const [second] = await claim();

    expect(second!.leaseToken).not.toBe(first!.leaseToken);
    expect(second!.dueAt).toEqual(past);
    expect(await schedule.complete([{ ...first!, nextDueAt: future }])).toEqual([]);
    await schedule.release([first!]);
    expect(await claim()).toEqual([]);
    expect(await schedule.complete([{ ...second!, nextDueAt: future }])).toEqual([id]);
  });

  it('gives a released probe to the next at once', async () => {
    await scheduled(past);
    await schedule.release(await claim());

    expect(await claim()).toHaveLength(1);
  });

  it('fences a probe whose integration was changed or removed meanwhile', async () => {
    const changed = await scheduled(past);
    const removed = await scheduled(past);
    const leases = await claim();
    await schedule.put(changed, 'acme', 300, future);
    await schedule.remove(removed);

    expect(await schedule.complete(leases.map((lease) => ({ ...lease, nextDueAt: past })))).toEqual([]);
    expect(await claim()).toEqual([]);
    expect(await db.sql('SELECT interval_seconds, due_at FROM probe_schedule')).toEqual([
      { interval_seconds: 300, due_at: future },
    ]);
  });

  it('writes nothing of a completion whose transaction fails', async () => {
    await scheduled(past);
    const [lease] = await claim();
    const failing = db.database.transaction(async (tx) => {
      await schedule.complete([{ ...lease!, nextDueAt: future }], tx);
      throw new Error('no');
    });

    await expect(failing).rejects.toThrow('no');
    expect(await schedule.complete([{ ...lease!, nextDueAt: future }])).toHaveLength(1);
  });

  it('finds due probes by its index, however many are held', async () => {
    const plan = await db.sql(
      `EXPLAIN (FORMAT JSON) SELECT integration_id FROM probe_schedule
       WHERE greatest(due_at, lease_until) <= now() ORDER BY greatest(due_at, lease_until) LIMIT 10`,
    );

    expect(JSON.stringify(plan)).toContain('probe_schedule_ready');
  });
});
