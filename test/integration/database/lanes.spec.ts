import { failed, succeeded } from '@integrations/contracts';
import { LeaseLost, type LaneLease, type NewOperation, OperationRepository } from '@integrations/database';
import { openDatabase, operation, type TestDatabase } from './support';

const done = { state: 'succeeded' as const, outcome: succeeded(null as never) };
const later = (ms: number) => new Date(Date.now() + ms);

describe('lanes', () => {
  let db: TestDatabase;
  let ledger: OperationRepository;

  beforeEach(async () => {
    db = await openDatabase();
    ledger = new OperationRepository(db.database);
  });

  afterEach(() => db.close());

  const accept = async (overrides: Partial<NewOperation> = {}): Promise<string> => {
    const given = operation(overrides);
    await db.database.transaction((tx) => ledger.accept(given, tx));
    return given.id;
  };
  const claim = async (lane = 'lane'): Promise<LaneLease> => (await ledger.claimLane(lane, 30_000))!;
  const settle = (lease: LaneLease, id: string) => db.database.transaction((tx) => ledger.settle(lease, id, done, tx));
  const reschedule = (lease: LaneLease, id: string, nextAttemptAt: Date, countsAsAttempt = true) =>
    db.database.transaction((tx) =>
      ledger.reschedule(lease, id, { nextAttemptAt, outcome: failed('network', 'reset'), countsAsAttempt }, tx),
    );
  const expire = () => db.sql(`UPDATE annotation_lane SET lease_until = now() - interval '1 second'`);

  it('run their operations one by one, in the order of acceptance, and then are gone', async () => {
    const ids = [await accept(), await accept(), await accept()];
    const lease = await claim();
    const ran: string[] = [];
    for (let next = await ledger.beginNext(lease); next; next = await ledger.beginNext(lease)) {
      expect(next).toMatchObject({ state: 'running', attempts: 1, startedAt: expect.any(Date), tenantId: 'acme' });
      ran.push(next.id);
      await settle(lease, next.id);
    }

    expect(ran).toEqual(ids);
    expect(await ledger.finishLane(lease)).toBe('idle');
    expect(await db.sql('SELECT * FROM annotation_lane')).toEqual([]);
    expect(await ledger.outcomes(ids)).toHaveLength(3);
    expect(await ledger.find('acme', ids[0]!)).toMatchObject({ ...done, finishedAt: expect.any(Date) });
  });

  it('are leased to one at a time, the longest due first', async () => {
    await accept({ lane: 'b' });
    await accept({ lane: 'a' });
    const first = await ledger.claimLanes({ limit: 1, leaseMs: 30_000 });

    expect(first).toEqual([{ lane: 'b', tenantId: 'acme', leaseToken: expect.any(String) }]);
    expect(await ledger.claimLane('b', 30_000)).toBeNull();
    expect((await ledger.claimLanes({ limit: 5, leaseMs: 30_000 })).map(({ lane }) => lane)).toEqual(['a']);
    expect(await ledger.claimLane('no such lane', 30_000)).toBeNull();
  });

  it('are never given to two of many claimers', async () => {
    await Promise.all(Array.from({ length: 120 }, (_, n) => accept({ lane: `lane ${n}` })));
    const workers = [ledger, new OperationRepository(await db.another())];
    const claims = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        n % 4 === 0
          ? workers[n % 2]!.claimLane(`lane ${n}`, 60_000).then((lease) => (lease ? [lease] : []))
          : workers[n % 2]!.claimLanes({ limit: 9, leaseMs: 60_000 }),
      ),
    );
    const claimed = claims.flat().map(({ lane }) => lane);

    expect(claimed.length).toBeGreaterThan(0);
    expect(new Set(claimed).size).toBe(claimed.length);
  });

  it('take over an attempt whose worker died, and fence that worker', async () => {
    const id = await accept();
    const dead = await claim();
    await ledger.beginNext(dead);
    await expire();
    const alive = await claim();

    expect(alive.leaseToken).not.toBe(dead.leaseToken);
    expect(await ledger.beginNext(alive)).toMatchObject({ id, state: 'running', attempts: 2 });
    await expect(settle(dead, id)).rejects.toThrow(LeaseLost);
    await expect(reschedule(dead, id, later(0))).rejects.toThrow(LeaseLost);
    await expect(ledger.beginNext(dead)).rejects.toThrow(LeaseLost);
    await expect(ledger.finishLane(dead)).rejects.toThrow(LeaseLost);
    expect(await ledger.renew(dead, 30_000)).toBe(false);
    await ledger.release(dead);
    expect(await ledger.claimLane('lane', 30_000)).toBeNull();

    await settle(alive, id);
    expect(await ledger.finishLane(alive)).toBe('idle');
  });

  it('stay with a holder that renews, also late, while nobody took over', async () => {
    const id = await accept();
    const lease = await claim();
    await ledger.beginNext(lease);
    await expire();

    expect(await ledger.renew(lease, 30_000)).toBe(true);
    expect(await ledger.claimLanes({ limit: 5, leaseMs: 30_000 })).toEqual([]);
    await settle(lease, id);
  });

  it('are due at once for the next when released', async () => {
    const id = await accept();
    const lease = await claim();
    await ledger.beginNext(lease);
    await ledger.release(lease);

    expect(await ledger.beginNext(await claim())).toMatchObject({ id, attempts: 2 });
  });

  it('settle and write what belongs to it together or not at all', async () => {
    const id = await accept();
    const lease = await claim();
    await ledger.beginNext(lease);
    const failing = db.database.transaction(async (tx) => {
      await ledger.settle(lease, id, done, tx);
      throw new Error('no event, no outcome');
    });

    await expect(failing).rejects.toThrow('no event, no outcome');
    expect(await ledger.find('acme', id)).toMatchObject({ state: 'running', outcome: null });
  });

  it('settle an operation once, and only one of their own', async () => {
    const id = await accept();
    const elsewhere = await accept({ lane: 'other' });
    const lease = await claim();
    await ledger.beginNext(lease);
    await settle(lease, id);

    await expect(settle(lease, id)).rejects.toThrow(/not running/);
    await expect(settle(lease, elsewhere)).rejects.toThrow(/not running/);
  });

  it('wait as a whole while the operation at their head waits', async () => {
    const head = await accept();
    const lease = await claim();
    await ledger.beginNext(lease);
    const until = later(300);
    await reschedule(lease, head, until);
    await accept();

    expect(await ledger.find('acme', head)).toMatchObject({
      state: 'queued',
      attempts: 1,
      nextAttemptAt: until,
      outcome: { errorCode: 'network' },
    });
    expect(await ledger.claimLane('lane', 30_000)).toBeNull();
    expect(await ledger.claimLanes({ limit: 5, leaseMs: 30_000 })).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 350));
    expect(await ledger.beginNext(await claim())).toMatchObject({ id: head, attempts: 2, nextAttemptAt: null });
  });

  it('do not count an attempt that was only put off', async () => {
    const id = await accept();
    const lease = await claim();
    await ledger.beginNext(lease);
    await reschedule(lease, id, later(-1), false);

    expect(await ledger.find('acme', id)).toMatchObject({ state: 'queued', attempts: 0 });
    expect(await ledger.beginNext(await claim())).toMatchObject({ attempts: 1 });
  });

  it('find more to do when something was accepted during the last operation', async () => {
    const first = await accept();
    const lease = await claim();
    await ledger.beginNext(lease);
    const second = await accept();
    await settle(lease, first);

    expect(await ledger.finishLane(lease)).toBe('more');
    expect(await ledger.beginNext(lease)).toMatchObject({ id: second });
  });

  it('lose no wake-up when an acceptance and the end of the lane meet', async () => {
    const first = await accept();
    const lease = await claim();
    await ledger.beginNext(lease);
    await settle(lease, first);

    // The acceptance holds the lane; the end of the lane waits for it and must then see what it could not before.
    const [inside, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const accepting = db.database.transaction(async (tx) => {
      await ledger.accept(operation(), tx);
      inside.resolve();
      await commit.promise;
    });
    await inside.promise;
    const finishing = ledger.finishLane(lease);
    await new Promise((resolve) => setTimeout(resolve, 100));
    commit.resolve();
    await accepting;

    expect(await finishing).toBe('more');
  });
});
