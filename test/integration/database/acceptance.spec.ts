import { type NewOperation, OperationRepository } from '@integrations/database';
import { v7 as uuidv7 } from 'uuid';
import { openDatabase, operation, type TestDatabase } from './support';

describe('accepting operations', () => {
  let db: TestDatabase;
  let ledger: OperationRepository;

  beforeEach(async () => {
    db = await openDatabase();
    ledger = new OperationRepository(db.database);
  });

  afterEach(() => db.close());

  const accept = (overrides: Partial<NewOperation> = {}) => {
    const given = operation(overrides);
    return db.database.transaction(async (tx) => ({ id: given.id, ...(await ledger.accept(given, tx)) }));
  };
  const state = async (id: string) => (await ledger.find('acme', id))?.state;
  const lanes = () => db.sql<{ lane: string }>('SELECT lane FROM annotation_lane');

  it('stores them as given, queued', async () => {
    const given = operation({
      prNumber: Number.MAX_SAFE_INTEGER,
      commitSha: 'a'.repeat(40),
      upsertKey: 'sast',
      revision: Number.MAX_SAFE_INTEGER,
      idempotencyKey: 'once',
      deadlineAt: new Date('2030-01-01T00:00:00.250Z'),
      request: { list: [{ a: 1 }], text: '"; DROP TABLE annotation_operation; --' },
    });
    const accepted = await db.database.transaction((tx) => ledger.accept(given, tx));

    expect(accepted).toEqual({ accepted: true, supersededIds: [], supersededSelf: false });
    expect(await ledger.find('acme', given.id)).toEqual({
      ...given,
      position: expect.any(Number),
      state: 'queued',
      attempts: 0,
      nextAttemptAt: null,
      acceptedAt: expect.any(Date),
      startedAt: null,
      finishedAt: null,
      outcome: null,
    });
  });

  it('keeps them from other tenants', async () => {
    const { id } = await accept({ idempotencyKey: 'once' });

    expect(await ledger.find('other', id)).toBeNull();
    expect((await ledger.list('other', {}, { limit: 10 })).items).toEqual([]);
    expect(await db.database.transaction((tx) => ledger.requeue('other', id, tx))).toBe('missing');
    await expect(accept({ tenantId: 'other' })).rejects.toThrow(/another tenant/);
    expect(await accept({ tenantId: 'other', lane: 'other', idempotencyKey: 'once' })).toMatchObject({
      accepted: true,
    });
  });

  it('leaves nothing behind when the transaction fails', async () => {
    const given = operation();
    const failing = db.database.transaction(async (tx) => {
      await ledger.accept(given, tx);
      throw new Error('outbox is full');
    });

    await expect(failing).rejects.toThrow('outbox is full');
    expect(await ledger.find('acme', given.id)).toBeNull();
    expect(await lanes()).toEqual([]);
  });

  it('answers a repeated idempotency key with the first operation', async () => {
    const first = await accept({ idempotencyKey: 'once', requestHash: 'one' });
    const again = await accept({ idempotencyKey: 'once', requestHash: 'two', lane: 'elsewhere' });

    expect(again).toMatchObject({ accepted: false, existing: { id: first.id, requestHash: 'one' } });
    expect(await lanes()).toEqual([{ lane: 'lane' }]);
  });

  it.each([
    ['one lane', () => 'lane'],
    ['different lanes', (n: number) => `lane ${n}`],
  ])('takes one of many concurrent requests with one idempotency key, in %s', async (_, laneOf) => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) => accept({ idempotencyKey: 'once', lane: laneOf(n) })),
    );
    const winners = results.filter(({ accepted }) => accepted);

    expect(winners).toHaveLength(1);
    for (const result of results) {
      if (!result.accepted) expect(result.existing.id).toBe(winners[0]!.id);
    }
    expect(await db.sql('SELECT id FROM annotation_operation')).toEqual([{ id: winners[0]!.id }]);
    expect(await lanes()).toHaveLength(1);
  });

  it('takes the key again when the transaction that had it first fails', async () => {
    const [blocked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const failing = db.database.transaction(async (tx) => {
      await ledger.accept(operation({ idempotencyKey: 'once', lane: 'a' }), tx);
      blocked.resolve();
      await released.promise;
      throw new Error('no');
    });
    await blocked.promise;
    const second = accept({ idempotencyKey: 'once', lane: 'b' });
    released.resolve();

    await expect(failing).rejects.toThrow('no');
    expect(await second).toMatchObject({ accepted: true });
  });

  it('pages the ledger newest first, by state, operation and integration', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) ids.push((await accept({ lane: `lane ${n}` })).id);
    const other = uuidv7();
    const status = await accept({ operation: 'status', integrationId: other, lane: 'other' });
    const page = await ledger.list('acme', { operation: 'comment' }, { limit: 5 });
    const rest = await ledger.list('acme', { operation: 'comment' }, { limit: 5, cursor: page.nextCursor! });

    expect([...page.items, ...rest.items].map(({ id }) => id)).toEqual(ids.reverse());
    expect(rest.nextCursor).toBeNull();
    expect((await ledger.list('acme', { integrationId: other }, { limit: 5 })).items[0]!.id).toBe(status.id);
    expect((await ledger.list('acme', { state: 'failed' }, { limit: 5 })).items).toEqual([]);
  });

  describe('under one upsertKey', () => {
    const key = { upsertKey: 'sast' };

    it('a higher or equal revision supersedes those that wait', async () => {
      const one = await accept({ ...key, revision: 1 });
      const none = await accept({ ...key });
      const two = await accept({ ...key, revision: 2 });

      expect([...(two.accepted ? two.supersededIds : [])].sort()).toEqual([one.id, none.id].sort());
      expect(await accept({ ...key, revision: 2 })).toMatchObject({ supersededIds: [two.id], supersededSelf: false });
      expect(await ledger.find('acme', one.id)).toMatchObject({
        state: 'superseded',
        finishedAt: expect.any(Date),
        outcome: { success: false, errorCode: 'superseded', operationId: one.id, isTransient: false },
      });
      expect(await ledger.outcomes([one.id, none.id, two.id])).toHaveLength(3);
    });

    it('a lower revision is superseded itself, and makes no lane due', async () => {
      const two = await accept({ ...key, revision: 2 });
      const one = await accept({ ...key, revision: 1 });

      expect(one).toMatchObject({ accepted: true, supersededIds: [], supersededSelf: true });
      expect(await state(two.id)).toBe('queued');
      expect(await ledger.find('acme', one.id)).toMatchObject({
        state: 'superseded',
        outcome: { errorCode: 'superseded', operationId: one.id },
      });

      await db.sql(`UPDATE annotation_operation SET state = 'succeeded', finished_at = now() WHERE state = 'queued'`);
      await db.sql('DELETE FROM annotation_lane');
      expect(await accept({ ...key, revision: 1 })).toMatchObject({ supersededSelf: true });
      expect(await lanes()).toEqual([]);
    });

    it('without revisions the last one wins, and a revision is not beaten by none', async () => {
      const first = await accept(key);
      expect(await accept(key)).toMatchObject({ supersededIds: [first.id] });

      const five = await accept({ ...key, revision: 5 });
      expect(await accept(key)).toMatchObject({ supersededIds: [], supersededSelf: false });
      expect(await state(five.id)).toBe('queued');
    });

    it('only the same operation in the same lane is meant, and nothing that runs or carries no key', async () => {
      const others = [
        await accept({ ...key, revision: 1, operation: 'status' }),
        await accept({ ...key, revision: 1, lane: 'other' }),
        await accept({ upsertKey: 'other', revision: 1 }),
        await accept({ upsertKey: null, revision: 1 }),
      ];
      const running = await accept({ ...key, revision: 1, lane: 'running' });
      await ledger.beginNext((await ledger.claimLane('running', 30_000))!);
      expect(await accept({ ...key, revision: 2, lane: 'running' })).toMatchObject({ supersededIds: [] });
      expect(await accept({ ...key, revision: 2 })).toMatchObject({ supersededIds: [] });

      expect(await Promise.all(others.map(({ id }) => state(id)))).toEqual(['queued', 'queued', 'queued', 'queued']);
      expect(await state(running.id)).toBe('running');
    });

    it('the highest of many concurrent revisions is the one that is left', async () => {
      const revisions = Array.from({ length: 30 }, (_, n) => (n * 7) % 30);
      await Promise.all(revisions.map((revision) => accept({ ...key, revision })));

      expect(await db.sql(`SELECT revision FROM annotation_operation WHERE state <> 'superseded'`)).toEqual([
        { revision: '29' },
      ]);
    });
  });

  describe('again, after they were parked', () => {
    const park = (id: string) =>
      db.sql(
        `WITH parked AS (
           UPDATE annotation_operation SET state = 'parked_offline', finished_at = now(), attempts = 3, outcome = '{}'
           WHERE id = $1 RETURNING lane)
         DELETE FROM annotation_lane l USING parked WHERE l.lane = parked.lane`,
        [id],
      );
    const requeue = (id: string) => db.database.transaction((tx) => ledger.requeue('acme', id, tx));

    it('queues them as new, and makes the lane due', async () => {
      const { id } = await accept({ deadlineAt: new Date('2026-01-01T00:00:00Z') });
      await park(id);

      expect(await requeue(id)).toMatchObject({
        state: 'queued',
        attempts: 0,
        finishedAt: null,
        outcome: null,
        deadlineAt: null,
      });
      expect(await lanes()).toEqual([{ lane: 'lane' }]);
      expect(await requeue(id)).toBe('not_parked');
      expect(await requeue(uuidv7())).toBe('missing');
    });

    it('queues one once, however many ask at the same time', async () => {
      const { id } = await accept();
      await park(id);
      const results = await Promise.all(Array.from({ length: 6 }, () => requeue(id)));

      expect(results.filter((result) => result === 'not_parked')).toHaveLength(5);
    });

    it('ends one that something newer took the place of', async () => {
      const old = await accept({ upsertKey: 'sast', revision: 1 });
      await park(old.id);
      const unnumbered = await accept({ upsertKey: 'sca' });
      await park(unnumbered.id);
      await db.sql('DELETE FROM annotation_lane');
      const newer = [await accept({ upsertKey: 'sast', revision: 2 }), await accept({ upsertKey: 'sca' })];
      for (const { id } of newer) await park(id);

      expect(await requeue(old.id)).toMatchObject({ state: 'superseded', outcome: { errorCode: 'superseded' } });
      expect(await requeue(unnumbered.id)).toMatchObject({ state: 'superseded' });
      expect(await lanes()).toEqual([]);
      for (const { id } of newer) expect(await requeue(id)).toMatchObject({ state: 'queued' });
    });
  });
});
