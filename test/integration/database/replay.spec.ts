import { setTimeout as sleep } from 'node:timers/promises';
import type { OperationRepository } from '@integrations/database';
import { entry, openLedger, type TestDatabase } from './support';

describe('a manual replay', () => {
  let db: TestDatabase;
  let ledger: OperationRepository;

  beforeEach(async () => {
    const opened = await openLedger();
    ({ db, ledger } = opened);
    for (let n = 0; n < 4; n++) await ledger.enter(entry(opened.through, { lane: `lane ${n}` }));
    await db.sql(`UPDATE annotation_operation SET state = 'parked_offline', finished_at = now()`);
  });
  afterEach(() => db.close());

  /** Queues two operations, runs `work`, and then commits. */
  const replay = (work?: () => Promise<void>): Promise<number> =>
    db.database.transaction(async (tx) => {
      const { requeued } = await ledger.replay('acme', {}, { limit: 2, after: 0 }, tx);
      await work?.();
      return requeued.length;
    });

  it('is shared among concurrent callers: each continues after the operations that the other has queued', async () => {
    let other: Promise<number> | undefined;
    const queued = await replay(async () => {
      other = replay();
      await sleep(100); // by then the other replay waits
    });
    expect([queued, await other]).toEqual([2, 2]);
  });
});
