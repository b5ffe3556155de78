import { failed } from '@integrations/contracts';
import {
  type Begun,
  type Ending,
  type IntegrationRow,
  type LaneLease,
  LeaseLost,
  type NewOperation,
  type OperationRepository,
} from '@integrations/database';
import { entry, openLedger, type TestDatabase } from './support';

const SHA = 'b'.repeat(40);
const FAILED: Ending = { state: 'failed', outcome: failed('stale_head', 'moved on') };

describe('an operation that left an unfinished check run', () => {
  let db: TestDatabase;
  let ledger: OperationRepository;
  let through: IntegrationRow;

  beforeAll(async () => {
    ({ db, ledger, through } = await openLedger());
  });
  afterEach(() => db.sql('TRUNCATE annotation_operation, annotation_lane, outbox'));
  afterAll(() => db.close());

  const enter = (overrides: Partial<NewOperation> = {}) =>
    ledger.enter(entry(through, { operation: 'publish', upsertKey: 'sast', ...overrides }));
  const begin = async (): Promise<{ lease: LaneLease; begun: Begun }> => {
    const entered = await enter();
    if (entered.result !== 'running') throw new Error(entered.result);
    await ledger.noteHalfMade(entered.begun.row);
    return entered;
  };
  const wait = { waitMs: 60_000, outcome: failed('provider_unavailable', 'busy'), countsAsAttempt: true };
  const putOff = async (): Promise<string> => {
    const { lease, begun } = await begin();
    await ledger.reschedule(lease, begun.row.id, wait);
    return begun.row.id;
  };
  const park = async (): Promise<string> => {
    const { lease, begun } = await begin();
    const settlement = { state: 'parked_offline', outcome: failed('offline', 'off') } as const;
    const event = { name: 'annotation_parked', data: {} } as const;
    await ledger.conclude({ lease, operationId: begun.row.id, settlement, event, continueLane: false });
    return begun.row.id;
  };
  const cancel = (id: string) => db.database.transaction((tx) => ledger.cancel('acme', id, tx));
  const requeue = (id: string) => db.database.transaction((tx) => ledger.requeue('acme', id, tx));
  const find = async (id: string) => (await ledger.find('acme', id))!;
  const claim = async () => (await ledger.claimAndBegin({ limit: 1, leaseMs: 30_000 }))[0];
  const makeDue = () => db.sql('UPDATE annotation_lane SET due_at = now()');

  it('stays ahead of the operation that supersedes it, which it learns once', async () => {
    const id = await putOff();
    expect(await enter({ commitSha: SHA })).toEqual({ result: 'queued', supersededIds: [] });
    expect(await enter({ commitSha: 'c'.repeat(40) })).toMatchObject({ supersededIds: [expect.any(String)] });
    const ending = { state: 'superseded', newerCommit: SHA, outcome: { errorCode: 'superseded', operationId: id } };
    expect(await find(id)).toMatchObject({ state: 'queued', nextAttemptAt: expect.any(Date), ending });
    await makeDue();
    expect(await claim()).toMatchObject({ begun: { row: { id, halfMade: true, ending } } });
  });

  it('is the exception: one that left nothing is superseded at once', async () => {
    const { lease, begun } = await begin();
    const waiting = await enter();
    expect(waiting).toMatchObject({ result: 'queued' });
    expect(await enter()).toMatchObject({ supersededIds: [expect.any(String)] });
    // Running: its result is still open.
    expect(await find(begun.row.id)).toMatchObject({ state: 'running', ending: null });
    await ledger.release(lease);
  });

  it('is cancelled by the dispatcher that concludes its check run, and is due for that at once', async () => {
    const id = await putOff();
    expect(await cancel(id)).toMatchObject({ now: true, row: { state: 'queued', ending: { state: 'cancelled' } } });
    expect(await cancel(id)).toMatchObject({ now: false, row: { state: 'queued' } });
    expect(await claim()).toMatchObject({ begun: { row: { id, ending: { outcome: { errorCode: 'cancelled' } } } } });
    expect(await cancel(id)).toMatchObject({ now: false, row: { state: 'running' } });
  });

  it('cannot be cancelled once it is ending for another reason', async () => {
    const id = await putOff();
    await enter();
    expect(await cancel(id)).toBe('ended');
    expect(await find(id)).toMatchObject({ ending: { state: 'superseded' } });
  });

  it('leaves the list of parked operations when cancelled, even while parked again to conclude its check run', async () => {
    const id = await park();
    expect(await ledger.parked('acme', {}, { after: 0, limit: 5 })).toMatchObject([{ id }]);
    await cancel(id);
    expect(await claim()).toMatchObject({ begun: { row: { id, ending: { state: 'cancelled' } } } });
    await db.sql(`UPDATE annotation_operation SET state = 'parked_offline', finished_at = now()`);
    expect(await ledger.parked('acme', {}, { after: 0, limit: 5 })).toEqual([]);
    expect(await requeue(id)).toMatchObject({ state: 'queued', ending: { state: 'cancelled' } });
  });

  it('is queued, not superseded, when a newer operation exists at its replay', async () => {
    const id = await park();
    await enter();
    expect(await requeue(id)).toMatchObject({ state: 'queued', ending: { state: 'superseded' }, finishedAt: null });
  });

  it("can end only under its lane's lease, with one more attempt", async () => {
    const { lease, begun } = await begin();
    expect(await ledger.beginEnding(lease, begun.row, FAILED)).toMatchObject({ attempts: 2, ending: FAILED });
    expect(await find(begun.row.id)).toMatchObject({ state: 'running', attempts: 2, ending: FAILED, finishedAt: null });

    const lost = { ...lease, leaseToken: '01920000-0000-7000-8000-00000000000f' };
    await expect(ledger.beginEnding(lost, begun.row, FAILED)).rejects.toThrow(LeaseLost);
    await db.sql(`UPDATE annotation_operation SET state = 'succeeded', finished_at = now()`);
    await expect(ledger.noteHalfMade(begun.row)).rejects.toThrow(LeaseLost);
  });

  it('is posted completely when it is retried after a failure', async () => {
    const { lease, begun } = await begin();
    await ledger.beginEnding(lease, begun.row, FAILED);
    const event = { name: 'annotation_failed', data: {} } as const;
    await ledger.conclude({ lease, operationId: begun.row.id, settlement: FAILED, event, continueLane: false });
    expect(await requeue(begun.row.id)).toMatchObject({ state: 'queued', ending: null, attempts: 0 });
  });

  it('does not supersede others while it is being cancelled', async () => {
    const older = await park();
    const newer = await putOff();
    await cancel(newer);
    expect(await requeue(older)).toMatchObject({ state: 'queued', ending: null });
  });
});
