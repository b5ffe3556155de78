import { setTimeout as sleep } from 'node:timers/promises';
import { failed, succeeded } from '@integrations/contracts';
import {
  type Begun,
  IntegrationRepository,
  type IntegrationRow,
  LeaseLost,
  type LaneLease,
  OperationRepository,
} from '@integrations/database';
import { entry, integration, openDatabase, type TestDatabase } from './support';

const LANES = 6;
const PRODUCERS = 12;
const PER_PRODUCER = 50;
const WORKERS = 10;
const LEASE_MS = 100;

const settlement = { state: 'succeeded' as const, outcome: succeeded(null as never) };
const event = { name: 'annotation_posted' as const, data: {} };

interface Run {
  readonly lane: string;
  readonly id: string;
  readonly producer: number;
  readonly n: number;
}

interface Claimed {
  readonly lease: LaneLease;
  readonly begun: Begun;
}

describe('lanes under load', () => {
  let db: TestDatabase;
  let through: IntegrationRow;
  let processes: { ledger: OperationRepository }[];
  let ran: Run[];
  let trouble: { deaths: number; lost: number; putOff: number; left: number };

  beforeEach(async () => {
    db = await openDatabase();
    through = await new IntegrationRepository(db.database).insert(integration());
    processes = [db.database, await db.another(), await db.another()].map((database) => ({
      ledger: new OperationRepository(database),
    }));
    ran = [];
    trouble = { deaths: 0, lost: 0, putOff: 0, left: 0 };
  });

  afterEach(() => db.close());

  const at = (n: number) => processes[n % processes.length]!;
  const leftBehind = async () => ({
    lanes: await db.sql('SELECT * FROM annotation_lane'),
    open: await db.sql(`SELECT id FROM annotation_operation WHERE state IN ('queued', 'running')`),
  });

  /** Runs a lane as the dispatcher does, and at random dies, delays, postpones an operation or releases the lane. */
  async function work(n: number, { lease, begun }: Claimed): Promise<void> {
    const { ledger } = at(n);
    for (let next: Begun | null = begun; next;) {
      const { id, lane, request } = next.row;
      const luck = Math.random();
      if (luck < 0.05) {
        trouble.deaths += 1;
        return;
      }
      if (luck < 0.1) {
        const outcome = failed('network', 'reset');
        await ledger.reschedule(lease, id, { waitMs: 20, outcome, countsAsAttempt: true });
        trouble.putOff += 1;
        return;
      }
      // Longer than the lease: another holder gets the lane while this one still works.
      if (luck < 0.13) await sleep(1.5 * LEASE_MS);
      const continueLane = luck < 0.95;
      next = await ledger.conclude({ lease, operationId: id, settlement, event, continueLane });
      if (!continueLane) trouble.left += 1;
      ran.push({ lane, id, ...(request as Pick<Run, 'producer' | 'n'>) });
    }
  }

  async function workUnlessLost(n: number, claimed: Claimed): Promise<void> {
    await work(n, claimed).catch((error: unknown) => {
      if (!(error instanceof LeaseLost)) throw error;
      trouble.lost += 1;
    });
  }

  /** Enters operations into each lane from many sides, each in its own order. Every other entry asks for a lease. */
  async function produce(): Promise<void> {
    const working: Promise<void>[] = [];
    await Promise.all(
      Array.from({ length: PRODUCERS }, async (_, producer) => {
        for (let n = 0; n < PER_PRODUCER; n++) {
          const given = { lane: `lane ${(producer + n) % LANES}`, request: { producer, n } };
          const leaseMs = n % 2 === 0 ? LEASE_MS : null;
          const entered = await at(producer).ledger.enter(entry(through, given, { leaseMs }));
          if (entered.result === 'running') working.push(workUnlessLost(producer, entered));
        }
      }),
    );
    await Promise.all(working);
  }

  function expectEachOnceInOrder(): void {
    expect(ran).toHaveLength(PRODUCERS * PER_PRODUCER);
    expect(new Set(ran.map(({ id }) => id)).size).toBe(ran.length);
    const last = new Map<string, number>();
    for (const { lane, producer, n } of ran) {
      const key = `${lane} ${producer}`;
      expect(n).toBeGreaterThan(last.get(key) ?? -1);
      last.set(key, n);
    }
  }

  it('run every operation to its end, in order, though workers die, leases expire and attempts are put off', async () => {
    let producing = true;
    const worker = async (n: number): Promise<void> => {
      for (;;) {
        const claimed = await at(n).ledger.claimAndBegin({ limit: 2, leaseMs: LEASE_MS });
        for (const lane of claimed) await workUnlessLost(n, lane);
        if (claimed.length > 0) continue;
        const left = await leftBehind();
        if (!producing && left.lanes.length === 0) return;
        await sleep(5);
      }
    };
    const workers = Array.from({ length: WORKERS }, (_, n) => worker(n));
    await produce();
    producing = false;
    await Promise.all(workers);

    for (const times of Object.values(trouble)) expect(times).toBeGreaterThan(0);
    expect(await leftBehind()).toEqual({ lanes: [], open: [] });
    expectEachOnceInOrder();
  });
});
