import { setTimeout as sleep } from 'node:timers/promises';
import { succeeded } from '@integrations/contracts';
import { type Database, LeaseLost, type LaneLease, OperationRepository, Outbox } from '@integrations/database';
import { openDatabase, operation, type TestDatabase } from './support';

const LANES = 6;
const PRODUCERS = 12;
const PER_PRODUCER = 50;
const WORKERS = 10;

interface Run {
  readonly lane: string;
  readonly id: string;
  readonly producer: number;
  readonly n: number;
}

describe('lanes under load', () => {
  let db: TestDatabase;
  let ledgers: { database: Database; ledger: OperationRepository; outbox: Outbox }[];

  beforeEach(async () => {
    db = await openDatabase();
    ledgers = [db.database, await db.another(), await db.another()].map((database) => ({
      database,
      ledger: new OperationRepository(database),
      outbox: new Outbox(database),
    }));
  });

  afterEach(() => db.close());

  const at = (n: number) => ledgers[n % ledgers.length]!;
  const leftBehind = async () => ({
    lanes: await db.sql('SELECT * FROM annotation_lane'),
    open: await db.sql(`SELECT id FROM annotation_operation WHERE state IN ('queued', 'running')`),
  });

  /** Runs a lane to its end as the dispatcher does. `beforeSettling` may throw: a worker that dies. */
  async function work(n: number, lease: LaneLease, ran: Run[], beforeSettling = async () => {}): Promise<void> {
    const { database, ledger } = at(n);
    do {
      for (let next = await ledger.beginNext(lease); next; next = await ledger.beginNext(lease)) {
        const { id, lane } = next;
        const { producer, n: nth } = next.request as { producer: number; n: number };
        await beforeSettling();
        await database.transaction((tx) =>
          ledger.settle(lease, id, { state: 'succeeded', outcome: succeeded(null as never) }, tx),
        );
        ran.push({ lane, id, producer, n: nth });
      }
    } while ((await ledger.finishLane(lease)) === 'more');
  }

  /** Accepts in each lane from many sides, each side in its own order. `accepted` is what a dispatcher does next. */
  async function produce(accepted: (n: number, lane: string) => Promise<void>): Promise<void> {
    await Promise.all(
      Array.from({ length: PRODUCERS }, async (_, producer) => {
        const { database, ledger } = at(producer);
        for (let n = 0; n < PER_PRODUCER; n++) {
          const lane = `lane ${(producer + n) % LANES}`;
          await database.transaction((tx) => ledger.accept(operation({ lane, request: { producer, n } }), tx));
          await accepted(producer, lane);
        }
      }),
    );
  }

  function expectEachOnceInOrder(ran: readonly Run[]): void {
    expect(ran).toHaveLength(PRODUCERS * PER_PRODUCER);
    expect(new Set(ran.map(({ id }) => id)).size).toBe(ran.length);
    const last = new Map<string, number>();
    for (const { lane, producer, n } of ran) {
      const key = `${lane} ${producer}`;
      expect(n).toBeGreaterThan(last.get(key) ?? -1);
      last.set(key, n);
    }
  }

  it('leave nothing behind with no poll at all: each acceptance only tries to claim its own lane', async () => {
    const ran: Run[] = [];
    const working: Promise<void>[] = [];
    await produce(async (n, lane) => {
      const lease = await at(n).ledger.claimLane(lane, 60_000);
      if (lease) working.push(work(n, lease, ran));
    });
    await Promise.all(working);

    expect(await leftBehind()).toEqual({ lanes: [], open: [] });
    expectEachOnceInOrder(ran);
  }, 60_000);

  it('run each operation to its end, in order, though workers die and leases run out', async () => {
    const ran: Run[] = [];
    let producing = true;
    let deaths = 0;
    const die = async (): Promise<void> => {
      if (Math.random() < 0.05) {
        deaths += 1;
        throw new Error('kill -9');
      }
      // Longer than the lease now and then: the lane goes to another while this one still works.
      if (Math.random() < 0.03) await sleep(150);
    };
    const worker = async (n: number): Promise<void> => {
      for (;;) {
        const leases = await at(n).ledger.claimLanes({ limit: 2, leaseMs: 100 });
        for (const lease of leases) {
          await work(n, lease, ran, die).catch((error: unknown) => {
            if (!(error instanceof LeaseLost) && (error as Error).message !== 'kill -9') throw error;
          });
        }
        if (leases.length > 0) continue;
        const left = await leftBehind();
        if (!producing && left.lanes.length === 0) return;
        await sleep(5);
      }
    };
    const workers = Array.from({ length: WORKERS }, (_, n) => worker(n));
    await produce(async () => {});
    producing = false;
    await Promise.all(workers);

    expect(deaths).toBeGreaterThan(0);
    expect(await leftBehind()).toEqual({ lanes: [], open: [] });
    expectEachOnceInOrder(ran);
  }, 60_000);
});
