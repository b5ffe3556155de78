import { failed } from '@integrations/contracts';
import {
  BudgetRepository,
  type IntegrationRow,
  type OperationRepository,
  OutageRepository,
} from '@integrations/database';
import { entry, openLedger, type TestDatabase } from './support';

describe("operations parked during a vendor's outage", () => {
  const parking = { outcome: failed('offline', 'not reached'), countsAsAttempt: false };
  let db: TestDatabase;
  let ledger: OperationRepository;
  let outages: OutageRepository;
  let through: IntegrationRow;
  let of: { tenantId: string; integrationId: string };

  beforeEach(async () => {
    ({ db, ledger, through } = await openLedger());
    outages = new OutageRepository(db.database);
    of = { tenantId: through.tenantId, integrationId: through.id };
  });

  afterEach(() => db.close());

  const begin = async (credential: string | null = null, lane = 'lane') => {
    const status = { operation: 'status', request: { context: 'scan' }, lane } as const;
    const entered = await ledger.enter(entry(through, status, { leaseMs: 30_000, credential }));
    if (entered.result !== 'running') throw new Error(entered.result);
    return { lease: entered.lease, row: entered.begun.row };
  };
  const park = ({ lease, row }: Awaited<ReturnType<typeof begin>>) =>
    db.database.transaction((tx) => outages.park(lease, row, parking, tx));
  const replay = () => db.database.transaction((tx) => outages.replay(of, 10, tx));

  it('are replayed only once newer operations of the lane are parked behind them, so that none is lost or overtakes', async () => {
    const older = await begin();
    await outages.failed(of, 0);
    await park(older);
    const newer = await begin();
    await outages.reached(of);

    expect(await replay()).toEqual([]);
    expect(await outages.holds(newer.row)).toBe(true);
    expect(await park(newer)).toBe(true);
    expect(await replay()).toMatchObject([{ state: 'queued' }, { state: 'queued' }]);
    expect(await ledger.claimAndBegin({ limit: 5, leaseMs: 1_000 })).toMatchObject([
      { begun: { row: { id: older.row.id } } },
    ]);
  });

  it('do not block, while being parked, those who record failures and successes or claim probes', async () => {
    const parked = await begin();
    await outages.failed(of, 0);
    await db.database.transaction(async (tx) => {
      await outages.park(parked.lease, parked.row, parking, tx);
      expect(await outages.failed(of, 0)).toEqual({ offline: true, began: true });
      expect(await outages.claimProbes({ limit: 1, providers: [through.provider], probeIntervalMs: 0 })).toEqual([of]);
      expect(await outages.reached(of)).toBe(true);
    });
  });

  it('are replayed gradually while only a probe has reached the vendor, whose next failure takes it offline again', async () => {
    for (let n = 0; n < 10; n++) {
      const begun = await begin(null, `lane ${n}`);
      await outages.failed(of, 0);
      await park(begun);
    }
    expect(await outages.tryAgain(of)).toBe(true);
    expect(await outages.list()).toMatchObject([{ over: true }]);
    expect(await replay()).toHaveLength(8);
    expect(await outages.failed(of, 0)).toEqual({ offline: true, began: true });
    expect(await replay()).toEqual([]);

    await outages.tryAgain(of);
    await outages.reached(of);
    expect(await replay()).toHaveLength(2);
  });

  it.each(['before', 'after'])('stay held with their credential, if the hold comes %s their replay', async (when) => {
    const hold = () => new BudgetRepository(db.database).hold(through.tenantId, 'app 1', 60_000);
    const held = await begin('app 1');
    await outages.failed(of, 0);
    await park(held);
    await outages.reached(of);
    if (when === 'before') await hold();
    await replay();
    if (when === 'after') await hold();
    expect(await ledger.claimAndBegin({ limit: 5, leaseMs: 1_000 })).toEqual([]);
    const lanes = await db.sql(`SELECT due_at > now() + interval '59 seconds' AS waits FROM annotation_lane`);
    expect(lanes).toEqual([{ waits: true }]);
  });
});
