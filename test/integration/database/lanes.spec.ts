import { failed, succeeded } from '@integrations/contracts';
import {
  type Conclusion,
  type Entry,
  type IntegrationRow,
  type LaneLease,
  LeaseLost,
  type NewOperation,
  OperationRepository,
} from '@integrations/database';
import { closeGate, entry as entryThrough, openLedger, type TestDatabase } from './support';

const done = { state: 'succeeded' as const, outcome: succeeded(null as never) };
const event = { name: 'annotation_posted' as const, data: {} };

describe('lanes', () => {
  let db: TestDatabase;
  let ledger: OperationRepository;
  let through: IntegrationRow;

  beforeEach(async () => {
    ({ db, ledger, through } = await openLedger());
  });

  afterEach(() => db.close());

  const entry = (overrides: Partial<NewOperation> = {}, more: Partial<Entry> = {}) =>
    entryThrough(through, overrides, more);
  /** Enters an operation without a lease, so that it is queued. */
  const accept = async (overrides: Partial<NewOperation> = {}): Promise<string> => {
    const given = entry(overrides, { leaseMs: null });
    expect(await ledger.enter(given)).toMatchObject({ result: 'queued' });
    return given.operation.id;
  };
  const claim = (limit = 5) => ledger.claimAndBegin({ limit, leaseMs: 30_000 });
  const claimOne = async () => {
    const claimed = await claim();
    expect(claimed).toHaveLength(1);
    return claimed[0]!;
  };
  const conclude = (lease: LaneLease, operationId: string, continueLane = true) =>
    ledger.conclude({ lease, operationId, settlement: done, event, continueLane });
  const reschedule = (lease: LaneLease, id: string, waitMs: number, countsAsAttempt = true) =>
    ledger.reschedule(lease, id, { waitMs, outcome: failed('network', 'reset'), countsAsAttempt });
  const expire = () => db.sql(`UPDATE annotation_lane SET lease_until = now() - interval '1 second'`);
  const eventsTold = async () => (await db.sql(`SELECT id FROM outbox WHERE event = 'annotation_posted'`)).length;

  it('run their operations one by one in the order of acceptance, and are then removed', async () => {
    const ids = [await accept(), await accept(), await accept()];
    const { lease, begun } = await claimOne();
    const ran: string[] = [];
    for (let next: typeof begun | null = begun; next; next = await conclude(lease, next.row.id)) {
      expect(next.row).toMatchObject({ attempts: 1, tenantId: 'acme' });
      ran.push(next.row.id);
      const running = await db.sql(`SELECT id FROM annotation_operation WHERE state = 'running'`);
      expect(running).toEqual([{ id: next.row.id }]);
    }

    expect(ran).toEqual(ids);
    expect(await db.sql('SELECT * FROM annotation_lane')).toEqual([]);
    expect(await ledger.outcomes(ids)).toHaveLength(3);
    expect(await ledger.find('acme', ids[0]!)).toMatchObject({
      ...done,
      startedAt: expect.any(Date),
      finishedAt: expect.any(Date),
    });
  });

  it('are leased to one dispatcher at a time, the longest due first', async () => {
    await accept({ lane: 'b' });
    await accept({ lane: 'a' });
    const first = await claim(1);

    expect(first.map(({ lease }) => lease)).toEqual([{ lane: 'b', tenantId: 'acme', leaseToken: expect.any(String) }]);
    expect((await claim()).map(({ lease }) => lease.lane)).toEqual(['a']);
    expect(await claim()).toEqual([]);
    expect(await ledger.enter(entry({ lane: 'b' }))).toMatchObject({ result: 'queued' });
  });

  it('are left to other dispatchers by one without their plugin, but an empty lane is removed by any', async () => {
    await accept({ lane: 'of a forge', provider: 'forge' });
    const wanted = { limit: 5, leaseMs: 30_000 };
    expect(await ledger.claimAndBegin({ ...wanted, providers: ['in_memory'] })).toEqual([]);
    expect(await ledger.claimAndBegin({ ...wanted, providers: ['in_memory', 'forge'] })).toHaveLength(1);
    const nothingLeft = `INSERT INTO annotation_lane (lane, tenant_id, due_at) VALUES ('empty', 'acme', now())`;
    await db.sql(nothingLeft);
    expect(await ledger.claimAndBegin({ ...wanted, providers: ['in_memory'] })).toEqual([]);
    expect(await db.sql('SELECT lane FROM annotation_lane')).toEqual([{ lane: 'of a forge' }]);
    // Claims like a dispatcher of an older version, which expects an operation in each row.
    await db.sql(nothingLeft);
    expect(await db.sql('SELECT lane FROM annotation_claim(5, 30000)')).toEqual([]);
  });

  it('are never leased twice, whether by claiming or by entering', async () => {
    await Promise.all(Array.from({ length: 120 }, (_, n) => accept({ lane: `lane ${n}` })));
    const workers = [ledger, new OperationRepository(await db.another())];
    const leases = await Promise.all(
      Array.from({ length: 60 }, async (_, n): Promise<LaneLease[]> => {
        const worker = workers[n % 2]!;
        if (n % 3 !== 0) {
          return (await worker.claimAndBegin({ limit: 9, leaseMs: 60_000 })).map(({ lease }) => lease);
        }
        const entered = await worker.enter(entry({ lane: `lane ${118 + n}` }));
        return entered.result === 'running' ? [entered.lease] : [];
      }),
    );
    const leased = leases.flat().map(({ lane }) => lane);

    expect(leased.length).toBeGreaterThan(0);
    expect(new Set(leased).size).toBe(leased.length);
    expect(await db.sql('SELECT id FROM annotation_operation WHERE attempts > 1')).toEqual([]);
  });

  it('let another worker take over an attempt whose worker died, and fence the dead one', async () => {
    const id = await accept();
    const dead = await claimOne();
    await expire();
    const alive = await claimOne();

    expect(alive.lease.leaseToken).not.toBe(dead.lease.leaseToken);
    expect(alive.begun.row).toMatchObject({ id, attempts: 2 });
    await expect(conclude(dead.lease, id)).rejects.toThrow(LeaseLost);
    await expect(conclude(dead.lease, id, false)).rejects.toThrow(LeaseLost);
    await expect(reschedule(dead.lease, id, 0)).rejects.toThrow(LeaseLost);
    expect(await ledger.renew(dead.lease, 30_000)).toBe(false);
    await ledger.release(dead.lease);
    expect(await claim()).toEqual([]);
    expect(await ledger.find('acme', id)).toMatchObject({ state: 'running', attempts: 2, outcome: null });
    expect(await eventsTold()).toBe(0);

    expect(await conclude(alive.lease, id)).toBeNull();
    expect(await eventsTold()).toBe(1);
  });

  it('stay with a holder that renews late, as long as nobody has taken over', async () => {
    const id = await accept();
    const { lease } = await claimOne();
    await expire();

    expect(await ledger.renew(lease, 30_000)).toBe(true);
    expect(await claim()).toEqual([]);
    expect(await conclude(lease, id)).toBeNull();
  });

  it('are due at once when released', async () => {
    const id = await accept();
    const { lease } = await claimOne();
    await ledger.release(lease);

    expect((await claimOne()).begun.row).toMatchObject({ id, attempts: 2 });
  });

  it.each([
    ['gone on with', true],
    ['left', false],
  ])(
    'write the end of an operation and its event together or not at all, when they are to be %s',
    async (_, continueLane) => {
      const id = await accept();
      const next = await accept();
      const { lease } = await claimOne();
      await db.sql(`ALTER TABLE outbox ADD CONSTRAINT outbox_full CHECK (event <> 'annotation_posted')`);
      await expect(conclude(lease, id, continueLane)).rejects.toThrow(/outbox_full/);
      expect(await ledger.find('acme', id)).toMatchObject({ state: 'running', outcome: null });
      expect(await ledger.find('acme', next)).toMatchObject({ state: 'queued', attempts: 0 });

      await db.sql('ALTER TABLE outbox DROP CONSTRAINT outbox_full');
      const begun = await conclude(lease, id, continueLane);
      expect(begun && begun.row.id).toBe(continueLane ? next : null);
    },
  );

  it('commit synchronously, except for a last operation that succeeded, since the vendor shows that anyway', async () => {
    await db.sql(`
      CREATE TABLE heard (synchronous text);
      CREATE FUNCTION hear() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO heard VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER hear AFTER UPDATE ON annotation_operation DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (old.state = 'running' AND new.finished_at IS NOT NULL) EXECUTE FUNCTION hear();
      DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = on', current_database()); END $$;
    `);
    const durable = new OperationRepository(await db.another());
    const broken: Conclusion['settlement'] = { state: 'failed', outcome: failed('not_found', 'gone') };
    const endOne = async (settlement: Conclusion['settlement'], continueLane: boolean) => {
      const { lease, begun } = await claimOne();
      const next = await durable.conclude({ lease, operationId: begun.row.id, settlement, event, continueLane });
      if (next) await ledger.release(lease);
      return db.sql('DELETE FROM heard RETURNING synchronous');
    };

    for (let count = 0; count < 4; count++) await accept();
    expect(await endOne(done, true)).toEqual([{ synchronous: 'on' }]);
    expect(await endOne(done, false)).toEqual([{ synchronous: 'on' }]);
    expect(await endOne(broken, false)).toEqual([{ synchronous: 'on' }]);
    expect(await endOne(done, false)).toEqual([{ synchronous: 'off' }]);
    await accept();
    expect(await endOne(broken, true)).toEqual([{ synchronous: 'on' }]);
    await accept();
    expect(await endOne(done, true)).toEqual([{ synchronous: 'off' }]);
  });

  it('end an operation only once, and only if it belongs to them', async () => {
    const elsewhere = await accept({ lane: 'other' });
    await claimOne();
    const id = await accept();
    const second = await accept();
    const { lease } = await claimOne();
    expect(await conclude(lease, id)).toMatchObject({ row: { id: second } });

    for (const not of [id, elsewhere]) {
      await expect(conclude(lease, not)).rejects.toThrow(/not running/);
      await expect(reschedule(lease, not, 0)).rejects.toThrow(/not running/);
    }
    expect(await eventsTold()).toBe(1);
    expect(await ledger.find('acme', elsewhere)).toMatchObject({ state: 'running' });
    expect(await conclude(lease, second)).toBeNull();
  });

  it('wait as a whole while their first operation waits', async () => {
    const head = await accept();
    const { lease } = await claimOne();
    const until = await reschedule(lease, head, 60_000);
    expect(await ledger.enter(entry())).toMatchObject({ result: 'queued' });

    expect(await ledger.find('acme', head)).toMatchObject({
      state: 'queued',
      attempts: 1,
      nextAttemptAt: until,
      outcome: { errorCode: 'network' },
    });
    expect(await claim()).toEqual([]);
    await db.sql('UPDATE annotation_lane SET due_at = now()');
    expect((await claimOne()).begun.row).toMatchObject({ id: head, attempts: 2 });
    expect(await ledger.find('acme', head)).toMatchObject({ state: 'running', nextAttemptAt: null });
  });

  it('do not count an attempt that was only put off', async () => {
    const id = await accept();
    const { lease } = await claimOne();
    await reschedule(lease, id, 0, false);

    const put = await ledger.find('acme', id);
    expect(put).toMatchObject({ state: 'queued', attempts: 0, waitingSince: expect.any(Date) });
    const again = await claimOne();
    expect(again.begun.row).toMatchObject({ id, attempts: 1, waitingSince: put?.waitingSince });
    await reschedule(again.lease, id, 0, false);
    expect(await ledger.find('acme', id)).toMatchObject({ waitingSince: put?.waitingSince });
    const last = await claimOne();
    await conclude(last.lease, id);
    expect(await ledger.find('acme', id)).toMatchObject({ state: 'succeeded', waitingSince: null });
  });

  // The acceptance holds the lane. The end of the running operation waits for it, and must then see the accepted one.
  it.each([
    ['gone on with', true],
    ['left', false],
  ])('notice an operation that is accepted while another one ends, when they are to be %s', async (_, continueLane) => {
    const first = await accept();
    const { lease } = await claimOne();
    const { waiting, open } = await closeGate(db);
    const second = entry({}, { eventData: { gate: 'held' } });
    const accepting = new OperationRepository(await db.another()).enter(second);
    await waiting(1);
    const concluding = conclude(lease, first, continueLane);
    await waiting(2);
    await open();

    expect(await accepting).toMatchObject({ result: 'queued' });
    const next = (await concluding) ?? (await claimOne()).begun;
    expect(next.row).toMatchObject({ id: second.operation.id, attempts: 1 });
    expect(await claim()).toEqual([]);
  });

  it('notice an operation that is requeued while another one ends', async () => {
    const parked = await accept();
    const before = await claimOne();
    await ledger.conclude({
      lease: before.lease,
      operationId: parked,
      settlement: { state: 'parked_offline', outcome: failed('network', 'refused') },
      event: { name: 'annotation_parked', data: {} },
      continueLane: true,
    });
    const last = await accept();
    const { lease } = await claimOne();
    const [inside, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const requeuing = db.database.transaction(async (tx) => {
      await ledger.requeue('acme', parked, tx);
      inside.resolve();
      await commit.promise;
    });
    await inside.promise;
    const concluding = conclude(lease, last);
    await new Promise((resolve) => setTimeout(resolve, 100));
    commit.resolve();
    await requeuing;

    expect(await concluding).toMatchObject({ row: { id: parked, attempts: 1 } });
  });
});
