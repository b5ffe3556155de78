import { succeeded } from '@integrations/contracts';
import {
  type Begun,
  type Entered,
  type Entry,
  IntegrationRepository,
  type IntegrationRow,
  type LaneLease,
  LeaseLost,
  type NewOperation,
  OperationRepository,
} from '@integrations/database';
import { entry as entryThrough, integration, openLedger, type TestDatabase } from './support';

const settlement = { state: 'succeeded' as const, outcome: succeeded(null as never) };
const event = { name: 'annotation_posted' as const, data: { told: 'posted' } };

describe('the annotation path', () => {
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
    entryThrough(through, overrides, more);
  const begin = async (overrides: Partial<NewOperation> = {}) => {
    const entered = await ledger.enter(entry(overrides));
    if (entered.result !== 'running') throw new Error(entered.result);
    return entered;
  };
  const conclude = (lease: LaneLease, { row }: Begun, continueLane = true) =>
    ledger.conclude({ lease, operationId: row.id, settlement, event, continueLane });
  const events = () =>
    db.sql<{ event: string; data: object }>('SELECT event, data, integration_id, generation FROM outbox ORDER BY id');
  const lanes = () =>
    db.sql<{ lane: string; lease_token: string | null }>('SELECT lane, lease_token FROM annotation_lane');
  const expire = () => db.sql(`UPDATE annotation_lane SET lease_until = now() - interval '1 second'`);

  it('begins an operation in an idle lane when it is accepted, and removes the lane when it ends', async () => {
    const given = entry({ deadlineAt: new Date('2030-01-01T00:00:00.250Z'), request: { a: [1] } });
    const entered = await ledger.enter(given);
    expect(entered).toEqual({
      result: 'running',
      supersededIds: [],
      lease: { lane: 'lane', tenantId: 'acme', leaseToken: expect.any(String) },
      begun: {
        row: { ...given.operation, attempts: 1, waitingSince: null, halfMade: false, ending: null },
        integrationGeneration: 1,
      },
    });
    const { id } = given.operation;
    expect(await ledger.find('acme', id)).toMatchObject({ ...given.operation, state: 'running', attempts: 1 });
    expect((await ledger.find('acme', id))!.startedAt).toBeInstanceOf(Date);

    const { lease, begun } = entered as Extract<Entered, { result: 'running' }>;
    expect(await conclude(lease, begun)).toBeNull();
    expect(await ledger.find('acme', id)).toMatchObject({ ...settlement, finishedAt: expect.any(Date) });
    expect(await lanes()).toEqual([]);
    const common = { integration_id: through.id, generation: 1 };
    expect(await events()).toEqual([
      { event: 'annotation_accepted', data: { place: 'here', operationId: id, idempotencyKey: null }, ...common },
      { event: 'annotation_posted', data: { told: 'posted' }, ...common },
    ]);
  });

  it('only queues when the lane is leased or the dispatcher has no capacity, and the lease holder continues with it', async () => {
    const { lease, begun } = await begin();
    const second = entry();
    expect(await ledger.enter(second)).toEqual({ result: 'queued', supersededIds: [] });
    expect(await ledger.enter(entry({ lane: 'other' }, { leaseMs: null }))).toMatchObject({ result: 'queued' });

    expect(await conclude(lease, begun)).toMatchObject({
      row: { id: second.operation.id, attempts: 1, request: second.operation.request },
      integrationGeneration: 1,
    });
    expect((await ledger.claimAndBegin({ limit: 5, leaseMs: 1_000 })).map(({ lease: { lane } }) => lane)).toEqual([
      'other',
    ]);
  });

  it('fences a holder that lost its lease: it can write neither state nor event', async () => {
    const dead = await begin();
    await expire();
    const [alive] = await ledger.claimAndBegin({ limit: 5, leaseMs: 30_000 });
    expect(alive).toMatchObject({ lease: { lane: 'lane', tenantId: 'acme' }, begun: { row: { attempts: 2 } } });

    await expect(conclude(dead.lease, dead.begun)).rejects.toThrow(LeaseLost);
    expect(await ledger.find('acme', dead.begun.row.id)).toMatchObject({ state: 'running', outcome: null });
    expect(await events()).toHaveLength(1);
    expect(await conclude(alive!.lease, alive!.begun)).toBeNull();
    await expect(conclude(alive!.lease, alive!.begun)).rejects.toThrow(LeaseLost);
  });

  it('fences one conclusion of a batch without harm to the others', async () => {
    const [dead, alive] = [await begin({ lane: 'a' }), await begin({ lane: 'b' })];
    await db.sql(`UPDATE annotation_lane SET lease_token = gen_random_uuid() WHERE lane = 'a'`);
    const concluded = await Promise.allSettled([conclude(dead.lease, dead.begun), conclude(alive.lease, alive.begun)]);

    expect(concluded).toEqual([
      { status: 'rejected', reason: expect.any(LeaseLost) },
      { status: 'fulfilled', value: null },
    ]);
  });

  it.each([
    ['before', [0, 1]],
    ['after', [1, 0]],
  ])('fences a stale lease even when it concludes in one batch with the new one, %s it', async (_, order) => {
    const dead = await begin();
    await ledger.enter(entry());
    await expire();
    const [alive] = await ledger.claimAndBegin({ limit: 5, leaseMs: 30_000 });
    const concluding = order.map((who) => [dead, alive!][who]!).map(({ lease, begun }) => conclude(lease, begun));
    const concluded = await Promise.allSettled(concluding);

    expect(concluded[order.indexOf(0)]).toEqual({ status: 'rejected', reason: expect.any(LeaseLost) });
    expect(concluded[order.indexOf(1)]).toMatchObject({ status: 'fulfilled', value: { row: { attempts: 1 } } });
  });

  it('rejects one entry of a batch without harm to the others', async () => {
    const bad = entry({ lane: 'bad', requestHash: 'NUL \u0000' });
    const results = await Promise.allSettled([ledger.enter(bad), ledger.enter(entry({ lane: 'good' }))]);

    expect(results).toMatchObject([{ status: 'rejected' }, { value: { result: 'running' } }]);
    expect((await lanes()).map(({ lane }) => lane)).toEqual(['good']);
  });

  it('gives back a lane that its holder leaves: due at once, or removed if nothing is left', async () => {
    const first = await begin();
    const { operation: second } = entry();
    await ledger.enter(entry(second));
    expect(await conclude(first.lease, first.begun, false)).toBeNull();
    expect(await lanes()).toEqual([{ lane: 'lane', lease_token: null }]);

    const [next] = await ledger.claimAndBegin({ limit: 1, leaseMs: 30_000 });
    expect(next!.begun.row).toMatchObject({ id: second.id, attempts: 1 });
    expect(await conclude(next!.lease, next!.begun, false)).toBeNull();
    expect(await lanes()).toEqual([]);
  });

  it('accepts nothing, without a trace, through an integration that was changed, disabled or deleted', async () => {
    const expectStale = async () => expect(await ledger.enter(entry())).toMatchObject({ result: 'stale' });
    await integrations.update('acme', through.id, 1, { enabled: false });
    await expectStale();
    await integrations.update('acme', through.id, 2, { enabled: true });
    await expectStale();
    expect(await ledger.enter(entry({ generation: 3, tenantId: 'other' }))).toMatchObject({ result: 'stale' });
    expect(await ledger.enter(entry({ generation: 3, lane: 'right' }))).toMatchObject({ result: 'running' });
    await integrations.softDelete('acme', through.id, 3);
    await expectStale();
    expect((await lanes()).map(({ lane }) => lane)).toEqual(['right']);
    expect(await events()).toHaveLength(1);
  });

  it('does not treat an integration as the only one when another has been added since', async () => {
    expect(await ledger.enter(entry({}, { check: 'only' }))).toMatchObject({ result: 'running' });
    const another = await integrations.insert(integration());
    expect(await ledger.enter(entry({}, { check: 'only' }))).toMatchObject({ result: 'stale' });
    await integrations.update('acme', another.id, 1, { enabled: false });
    expect(await ledger.enter(entry({}, { check: 'only' }))).toMatchObject({ result: 'queued' });
  });

  it('tells with the next operation whether its integration is still the same', async () => {
    const first = await begin();
    await ledger.enter(entry());
    await integrations.update('acme', through.id, 1, { enabled: false });
    const second = await conclude(first.lease, first.begun);
    expect(second).toMatchObject({ integrationGeneration: null });

    await integrations.update('acme', through.id, 2, { enabled: true });
    await ledger.enter(entry({ generation: 3 }));
    expect(await conclude(first.lease, second!)).toMatchObject({ integrationGeneration: 3 });
  });

  it('recognises an idempotency key even if the integration was deleted, and removes the lane it made', async () => {
    await begin({ idempotencyKey: 'once' });
    await integrations.softDelete('acme', through.id, 1);

    expect(await ledger.enter(entry({ idempotencyKey: 'once', lane: 'elsewhere' }))).toMatchObject({ result: 'known' });
    expect((await lanes()).map(({ lane }) => lane)).toEqual(['lane']);
    expect(await events()).toHaveLength(1);
  });

  it('accepts one of many concurrent entries with one idempotency key, in whatever batches', async () => {
    const ledgers = [ledger, new OperationRepository(await db.another())];
    const keys = ['x', 'y', 'z'];
    const results = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        ledgers[n % 2]!.enter(entry({ idempotencyKey: keys[n % 3]!, lane: `lane ${(n * 7) % 60}` })),
      ),
    );
    expect(results.filter(({ result }) => result === 'running')).toHaveLength(3);
    expect(results.filter(({ result }) => result === 'known')).toHaveLength(57);
    expect(await lanes()).toHaveLength(3);
  });

  it('publishes an event for each operation that it supersedes', async () => {
    const key = { upsertKey: 'sast' };
    const running = await begin({ ...key, revision: 1 });
    const waiting = entry({ ...key, revision: 2 });
    await ledger.enter(waiting);
    const newest = entry({ ...key, revision: 3 });
    expect(await ledger.enter(newest)).toEqual({ result: 'queued', supersededIds: [waiting.operation.id] });
    const late = entry({ ...key, revision: 2 });
    expect(await ledger.enter(late)).toMatchObject({ result: 'superseded' });

    expect(
      (await events()).map(({ event: name, data }) => [name, (data as { operationId: string }).operationId]),
    ).toEqual([
      ['annotation_accepted', running.begun.row.id],
      ['annotation_accepted', waiting.operation.id],
      ['annotation_accepted', newest.operation.id],
      ['annotation_superseded', waiting.operation.id],
      ['annotation_accepted', late.operation.id],
      ['annotation_superseded', late.operation.id],
    ]);
    expect(await conclude(running.lease, running.begun)).toMatchObject({ row: { id: newest.operation.id } });
  });

  it("puts each operation's own idempotency key into its events, whatever key the dispatcher passed in", async () => {
    const key = { upsertKey: 'sast' };
    const revisions = [
      ['running', 1],
      ['waiting', 2],
      [null, 2],
      ['newest', 3],
      ['late', 2],
    ] as const;
    for (const [idempotencyKey, revision] of revisions) {
      // Older dispatchers pass no key.
      const eventData = idempotencyKey === 'newest' ? { place: 'here', idempotencyKey } : { place: 'here' };
      await ledger.enter(entry({ ...key, revision, idempotencyKey }, { eventData }));
    }

    const told = await db.sql<{ event: string; own: string | null; told: string | null }>(
      `SELECT e.event, o.idempotency_key AS own, e.data->>'idempotencyKey' AS told
       FROM outbox e JOIN annotation_operation o ON o.id = (e.data->>'operationId')::uuid
       WHERE e.data ? 'idempotencyKey' ORDER BY e.id`,
    );
    expect(told.map(({ event: name, told: toldKey }) => [name, toldKey])).toEqual([
      ['annotation_accepted', 'running'],
      ['annotation_accepted', 'waiting'],
      ['annotation_accepted', null],
      ['annotation_superseded', 'waiting'],
      ['annotation_accepted', 'newest'],
      ['annotation_superseded', null],
      ['annotation_accepted', 'late'],
      ['annotation_superseded', 'late'],
    ]);
    expect(told.filter((of) => of.told !== of.own)).toEqual([]);
  });

  it('makes no lane due for an operation that was outdated on arrival', async () => {
    const { lease, begun } = await begin({ upsertKey: 'sast', revision: 2 });
    await conclude(lease, begun);
    expect(await ledger.enter(entry({ upsertKey: 'sast', revision: 1 }))).toMatchObject({ result: 'superseded' });
    expect(await lanes()).toEqual([]);
  });

  it('removes a due lane that has nothing to run', async () => {
    await db.sql(`INSERT INTO annotation_lane (lane, tenant_id, due_at) VALUES ('empty', 'acme', now())`);
    expect(await ledger.claimAndBegin({ limit: 5, leaseMs: 1_000 })).toEqual([]);
    expect(await lanes()).toEqual([]);
  });

  it('loses no operation and keeps the order without any polling, however acceptances and ends interleave', async () => {
    const ledgers = [ledger, new OperationRepository(await db.another()), new OperationRepository(await db.another())];
    const ran: { lane: string; producer: number; n: number }[] = [];
    const working: Promise<void>[] = [];
    const work = async (by: OperationRepository, lease: LaneLease, first: Begun): Promise<void> => {
      for (let begun: Begun | null = first; begun;) {
        const { id, lane, request } = begun.row;
        ran.push({ lane, ...(request as { producer: number; n: number }) });
        begun = await by.conclude({ lease, operationId: id, settlement, event, continueLane: true });
      }
    };
    await Promise.all(
      Array.from({ length: 24 }, async (_, producer) => {
        const by = ledgers[producer % 3]!;
        for (let n = 0; n < 40; n++) {
          const lane = `lane ${(producer + n) % 7}`;
          const entered = await by.enter(entry({ lane, request: { producer, n } }));
          if (entered.result === 'running') working.push(work(by, entered.lease, entered.begun));
        }
      }),
    );
    await Promise.all(working);

    expect(await lanes()).toEqual([]);
    expect(ran).toHaveLength(24 * 40);
    const last = new Map<string, number>();
    for (const { lane, producer, n } of ran) {
      expect(n).toBeGreaterThan(last.get(`${lane} ${producer}`) ?? -1);
      last.set(`${lane} ${producer}`, n);
    }
  });
});
