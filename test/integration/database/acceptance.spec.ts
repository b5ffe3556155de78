import { failed } from '@integrations/contracts';
import {
  type Entry,
  IntegrationRepository,
  type IntegrationRow,
  type NewOperation,
  OperationRepository,
} from '@integrations/database';
import { v7 as uuidv7 } from 'uuid';
import { closeGate, entry as entryThrough, integration, openLedger, type TestDatabase } from './support';

describe('accepting operations', () => {
  let db: TestDatabase;
  let ledger: OperationRepository;
  let integrations: IntegrationRepository;
  let through: IntegrationRow;

  beforeEach(async () => {
    ({ db, ledger, through } = await openLedger());
    integrations = new IntegrationRepository(db.database);
  });

  afterEach(() => db.close());

  const entry = (overrides: Partial<NewOperation> = {}, more: Partial<Entry> = {}) =>
    entryThrough(through, overrides, { leaseMs: null, ...more });
  const enter = async (given: Entry, by = ledger) => ({ id: given.operation.id, ...(await by.enter(given)) });
  const accept = (overrides: Partial<NewOperation> = {}, by = ledger) => enter(entry(overrides), by);
  const begin = async (overrides: Partial<NewOperation> = {}) => {
    const { id, ...entered } = await enter(entry(overrides, { leaseMs: 30_000 }));
    if (entered.result !== 'running') throw new Error(entered.result);
    return { id, lease: entered.lease };
  };
  /** Ledgers that share no batches, like those of `count` processes. */
  const ledgersApart = async (count: number) => {
    const databases = [db.database, await db.another()];
    return Array.from({ length: count }, (_, n) => new OperationRepository(databases[n % 2]!));
  };
  const state = async (id: string) => (await ledger.find('acme', id))?.state;
  const lanes = () => db.sql<{ lane: string }>('SELECT lane FROM annotation_lane');
  const leftBehind = async () => ({
    lanes: await lanes(),
    operations: await db.sql('SELECT id FROM annotation_operation'),
    events: await db.sql('SELECT id FROM outbox'),
  });

  it('stores them as given, and queues them', async () => {
    const given = entry({
      prNumber: Number.MAX_SAFE_INTEGER,
      commitSha: 'a'.repeat(40),
      upsertKey: 'sast',
      revision: Number.MAX_SAFE_INTEGER,
      idempotencyKey: 'once',
      deadlineAt: new Date('2030-01-01T00:00:00.250Z'),
      request: { list: [{ a: 1 }], text: '"; DROP TABLE annotation_operation; --' },
    });

    expect(await ledger.enter(given)).toEqual({ result: 'queued', supersededIds: [] });
    expect(await ledger.find('acme', given.operation.id)).toEqual({
      ...given.operation,
      position: expect.any(Number),
      state: 'queued',
      attempts: 0,
      nextAttemptAt: null,
      waitingSince: null,
      halfMade: false,
      ending: null,
      acceptedAt: expect.any(Date),
      startedAt: null,
      finishedAt: null,
      outcome: null,
    });
  });

  it('hides them from other tenants', async () => {
    const { id } = await accept({ idempotencyKey: 'once' });
    const theirs = await integrations.insert(integration({ tenantId: 'other' }));

    expect(await ledger.find('other', id)).toBeNull();
    expect(await ledger.findByKey('other', 'once')).toBeNull();
    expect((await ledger.list('other', {}, { limit: 10 })).items).toEqual([]);
    expect(await db.database.transaction((tx) => ledger.requeue('other', id, tx))).toBe('missing');
    await expect(ledger.enter(entryThrough(theirs))).rejects.toThrow(/another tenant/);
    const sameKey = entryThrough(theirs, { lane: 'other', idempotencyKey: 'once' });
    expect(await ledger.enter(sameKey)).toMatchObject({ result: 'running' });
  });

  it('writes nothing when the event cannot be written, and accepts them once it can', async () => {
    const given = entry({ idempotencyKey: 'once' });
    await db.sql('ALTER TABLE outbox ADD CONSTRAINT outbox_full CHECK (false)');
    await expect(ledger.enter(given)).rejects.toThrow(/outbox_full/);
    expect(await leftBehind()).toEqual({ lanes: [], operations: [], events: [] });

    await db.sql('ALTER TABLE outbox DROP CONSTRAINT outbox_full');
    expect(await ledger.enter(given)).toMatchObject({ result: 'queued' });
  });

  it('recognises a repeated idempotency key, and keeps the operation that first used it', async () => {
    const first = await accept({ idempotencyKey: 'once', requestHash: 'one' });
    const again = await accept({ idempotencyKey: 'once', requestHash: 'two', lane: 'elsewhere' });

    expect(again).toEqual({ id: again.id, result: 'known', supersededIds: [] });
    expect(await ledger.findByKey('acme', 'once')).toMatchObject({ id: first.id, requestHash: 'one' });
    expect(await lanes()).toEqual([{ lane: 'lane' }]);
  });

  it.each([
    ['one lane', () => 'lane'],
    ['different lanes', (n: number) => `lane ${n}`],
  ])('accepts one of many concurrent requests with one idempotency key, in %s', async (_, laneOf) => {
    const ledgers = await ledgersApart(20);
    const results = await Promise.all(ledgers.map((by, n) => accept({ idempotencyKey: 'once', lane: laneOf(n) }, by)));
    const winners = results.filter(({ result }) => result === 'queued');

    expect(winners).toHaveLength(1);
    expect(results.filter(({ result }) => result === 'known')).toHaveLength(19);
    expect(await db.sql('SELECT id FROM annotation_operation')).toEqual([{ id: winners[0]!.id }]);
    expect((await ledger.findByKey('acme', 'once'))!.id).toBe(winners[0]!.id);
    expect(await lanes()).toHaveLength(1);
  });

  it.each([
    ['accepts a key', 'doomed', 'queued', 'b'],
    ['recognises a key', 'held', 'known', 'a'],
  ])(
    '%s that another transaction has used but not committed, if that transaction is %s',
    async (_, gate, result, lane) => {
      const [one, two] = (await ledgersApart(2)) as [OperationRepository, OperationRepository];
      const { waiting, open } = await closeGate(db);
      const first = Promise.allSettled([
        enter(entry({ idempotencyKey: 'once', lane: 'a' }, { eventData: { gate } }), one),
      ]);
      await waiting(1);
      const second = accept({ idempotencyKey: 'once', lane: 'b' }, two);
      await waiting(2);
      await open();

      expect((await first)[0].status).toBe(gate === 'doomed' ? 'rejected' : 'fulfilled');
      expect(await second).toMatchObject({ result });
      expect(await lanes()).toEqual([{ lane }]);
    },
  );

  it('pages the ledger newest first, and filters it by state, operation and integration', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) ids.push((await accept({ lane: `lane ${n}` })).id);
    const { id: other } = await integrations.insert(integration());
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

    it('a higher or equal revision supersedes those that are waiting', async () => {
      const one = await accept({ ...key, revision: 1 });
      const none = await accept({ ...key });
      const two = await accept({ ...key, revision: 2 });

      expect(two.result === 'queued' && [...two.supersededIds].sort()).toEqual([one.id, none.id].sort());
      expect(await accept({ ...key, revision: 2 })).toMatchObject({ result: 'queued', supersededIds: [two.id] });
      expect(await ledger.find('acme', one.id)).toMatchObject({
        state: 'superseded',
        finishedAt: expect.any(Date),
        outcome: { success: false, errorCode: 'superseded', operationId: one.id, isTransient: false },
      });
      expect(await ledger.outcomes([one.id, none.id, two.id])).toHaveLength(3);
    });

    it('a lower revision is itself superseded', async () => {
      const two = await accept({ ...key, revision: 2 });
      const one = await accept({ ...key, revision: 1 });

      expect(one).toMatchObject({ result: 'superseded', supersededIds: [] });
      expect(await state(two.id)).toBe('queued');
      expect(await ledger.find('acme', one.id)).toMatchObject({
        state: 'superseded',
        attempts: 0,
        finishedAt: expect.any(Date),
        outcome: { errorCode: 'superseded', operationId: one.id },
      });
    });

    it('without revisions the last one wins, but it does not supersede one with a revision', async () => {
      const first = await accept(key);
      expect(await accept(key)).toMatchObject({ supersededIds: [first.id] });

      const five = await accept({ ...key, revision: 5 });
      expect(await accept(key)).toMatchObject({ result: 'queued', supersededIds: [] });
      expect(await state(five.id)).toBe('queued');
    });

    it('only the same operation in the same lane is superseded, and neither a running one nor one without the key', async () => {
      const others = [
        await accept({ ...key, revision: 1, operation: 'status' }),
        await accept({ ...key, revision: 1, lane: 'other' }),
        await accept({ upsertKey: 'other', revision: 1 }),
        await accept({ upsertKey: null, revision: 1 }),
      ];
      const running = await begin({ ...key, revision: 1, lane: 'running' });
      expect(await accept({ ...key, revision: 2, lane: 'running' })).toMatchObject({ supersededIds: [] });
      expect(await accept({ ...key, revision: 2 })).toMatchObject({ supersededIds: [] });

      expect(await Promise.all(others.map(({ id }) => state(id)))).toEqual(['queued', 'queued', 'queued', 'queued']);
      expect(await state(running.id)).toBe('running');
    });

    it('only the highest of many concurrent revisions remains', async () => {
      const ledgers = await ledgersApart(30);
      await Promise.all(ledgers.map((by, n) => accept({ ...key, revision: (n * 7) % 30 }, by)));

      expect(await db.sql(`SELECT revision FROM annotation_operation WHERE state <> 'superseded'`)).toEqual([
        { revision: '29' },
      ]);
    });
  });

  describe('requeuing parked operations', () => {
    const event = { name: 'annotation_parked' as const, data: {} };
    const settlement = { state: 'parked_offline' as const, outcome: failed('network', 'refused') };
    const park = async (overrides: Partial<NewOperation> = {}): Promise<string> => {
      const { id, lease } = await begin(overrides);
      await ledger.conclude({ lease, operationId: id, settlement, event, continueLane: true });
      return id;
    };
    const requeue = (id: string) => db.database.transaction((tx) => ledger.requeue('acme', id, tx));

    it('resets them to new and makes the lane due', async () => {
      const id = await park({ deadlineAt: new Date('2026-01-01T00:00:00Z') });
      expect(await lanes()).toEqual([]);

      expect(await requeue(id)).toMatchObject({
        state: 'queued',
        attempts: 0,
        finishedAt: null,
        outcome: null,
        deadlineAt: null,
      });
      expect(await requeue(id)).toBe('not_retriable');
      expect(await requeue(uuidv7())).toBe('missing');
      expect(await ledger.claimAndBegin({ limit: 5, leaseMs: 1_000 })).toMatchObject([
        { lease: { lane: 'lane' }, begun: { row: { id, attempts: 1 } } },
      ]);
    });

    it('queues each once, however many callers ask at the same time', async () => {
      const id = await park();
      const results = await Promise.all(Array.from({ length: 6 }, () => requeue(id)));

      expect(results.filter((result) => result === 'not_retriable')).toHaveLength(5);
    });

    it('supersedes one that a newer operation has replaced', async () => {
      const old = await park({ upsertKey: 'sast', revision: 1 });
      const unnumbered = await park({ upsertKey: 'sca' });
      const newer = [await park({ upsertKey: 'sast', revision: 2 }), await park({ upsertKey: 'sca' })];

      expect(await requeue(old)).toMatchObject({ state: 'superseded', outcome: { errorCode: 'superseded' } });
      expect(await requeue(unnumbered)).toMatchObject({ state: 'superseded' });
      expect(await lanes()).toEqual([]);
      for (const id of newer) expect(await requeue(id)).toMatchObject({ state: 'queued' });
    });

    it('does not take a scan published under another title for a newer version of the same scan', async () => {
      const scan = (title: string) => ({ operation: 'publish', request: { title } }) as const;
      const [nightly, quick] = [await park(scan('Nightly')), await park(scan('Quick'))];
      const { id, lease } = await begin(scan('Quick'));
      const posted = { state: 'succeeded' as const, outcome: failed('internal', 'whatever') };
      await ledger.conclude({ lease, operationId: id, settlement: posted, event, continueLane: false });

      expect(await requeue(nightly)).toMatchObject({ state: 'queued' });
      expect(await requeue(quick)).toMatchObject({ state: 'superseded' });
    });

    it('leaves the lane to its present holder, who continues with them', async () => {
      const [parked, outdated] = [await park(), await park({ upsertKey: 'sast', revision: 1 })];
      const { id, lease } = await begin({ upsertKey: 'sast', revision: 2 });
      expect(await requeue(outdated)).toMatchObject({ state: 'superseded' });
      expect(await requeue(parked)).toMatchObject({ state: 'queued' });

      expect(await ledger.claimAndBegin({ limit: 5, leaseMs: 1_000 })).toEqual([]);
      expect(await ledger.conclude({ lease, operationId: id, settlement, event, continueLane: true })).toMatchObject({
        row: { id: parked, attempts: 1 },
      });
    });
  });
});
