import fc from 'fast-check';
import { failed } from '@integrations/contracts';
import { BudgetRepository, IntegrationRepository, OperationRepository } from '@integrations/database';
import { v7 as uuidv7 } from 'uuid';
import { entry, integration, openDatabase, type TestDatabase } from './support';

let db: TestDatabase;

beforeAll(async () => {
  db = await openDatabase();
});
afterEach(() => db.sql('TRUNCATE annotation_turn, annotation_budget, annotation_lane, annotation_operation'));
afterAll(() => db.close());

const CREDENTIAL = { tenantId: 'acme', credential: 'app 1', kind: 'post', latest: null };
const MINUTE = 60_000;

describe('the budget of a credential', () => {
  /** Asks at a simulated time, in milliseconds from the beginning. */
  async function ask(at: number, holder: string, limits: readonly Limit[], more: object = {}): Promise<number> {
    const call = { item: 0, tenant_id: 'acme', credential: 'app 1', kind: 'post', holder, limits, ...more };
    const [answer] = await db.sql<{ wait_ms: number }>(
      `SELECT wait_ms FROM annotation_take($1, timestamptz '2026-01-01Z' + $2 * interval '1 millisecond')`,
      [JSON.stringify([call]), at],
    );
    return answer!.wait_ms;
  }

  interface Limit {
    readonly most: number;
    readonly per_ms: number;
  }

  const limit = fc.record({ most: fc.integer({ min: 1, max: 4 }), per_ms: fc.integer({ min: 1, max: 500 }) });
  const comer = fc.record({ at: fc.integer({ min: 0, max: 1_000 }), late: fc.integer({ min: 0, max: 50 }) });

  it('is never exceeded in any window, and every operation that waits as told gets exactly one turn', async () => {
    const limits = fc.array(limit, { minLength: 1, maxLength: 3 });
    const comers = fc.array(comer, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(limits, comers, async (allowed, all) => {
        await db.sql('TRUNCATE annotation_turn, annotation_budget');
        const granted = await simulate(allowed, all);
        expect(granted).toHaveLength(all.length);
        for (const { most, per_ms } of allowed) {
          for (let n = most; n < granted.length; n++) {
            expect(granted[n]! - granted[n - most]!).toBeGreaterThanOrEqual(per_ms);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  /** All callers come back when told to, or somewhat later. Returns when each call was granted. */
  async function simulate(limits: readonly Limit[], comers: readonly { at: number; late: number }[]) {
    const waiting = comers.map(({ at, late }) => ({ at, late, id: uuidv7(), asked: 0 }));
    const granted: number[] = [];
    while (waiting.length > 0) {
      waiting.sort((a, b) => a.at - b.at);
      const first = waiting[0]!;
      const waitMs = await ask(first.at, first.id, limits);
      first.asked += 1;
      expect(first.asked).toBeLessThan(200);
      if (waitMs > 0) first.at += waitMs + first.late;
      else granted.push(waiting.shift()!.at);
    }
    return granted;
  }

  it('grants turns in the order of requests, one after another, so that nobody keeps asking in vain', async () => {
    const limits = [{ most: 1, per_ms: 1_000 }];
    const [a, b, c, d] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
    expect([await ask(0, a, limits), await ask(10, b, limits), await ask(20, c, limits)]).toEqual([0, 990, 1_980]);
    // A new caller does not take a turn that is due for another.
    expect(await ask(1_000, d, limits)).toBe(2_000);
    expect([await ask(1_000, b, limits), await ask(2_000, c, limits), await ask(3_000, d, limits)]).toEqual([0, 0, 0]);
  });

  it('counts from when a turn was taken, not from when it was due', async () => {
    const limits = [{ most: 1, per_ms: 1_000 }];
    const [a, b, c] = [uuidv7(), uuidv7(), uuidv7()];
    await ask(0, a, limits);
    await ask(1, b, limits);
    await ask(2, c, limits);
    expect(await ask(1_900, b, limits)).toBe(0);
    expect(await ask(2_000, c, limits)).toBe(900);
    expect(await ask(2_900, c, limits)).toBe(0);
  });

  it('skips an operation that does not come for a minute after its turn', async () => {
    const limits = [{ most: 1, per_ms: 1_000 }];
    const [a, gone, b] = [uuidv7(), uuidv7(), uuidv7()];
    await ask(0, a, limits);
    await ask(1, gone, limits);
    expect(await ask(1_000, b, limits)).toBe(1_000);
    expect(await ask(1_000 + MINUTE + 1, uuidv7(), limits)).toBe(0);
    expect(await ask(2_001 + MINUTE, gone, limits)).toBe(0);
  });

  it('reserves no turn for an operation whose turn would come after its deadline', async () => {
    const limits = [{ most: 1, per_ms: 1_000 }];
    await ask(0, uuidv7(), limits);
    expect(await ask(1, uuidv7(), limits, { latest: '2026-01-01T00:00:00.500Z' })).toBe(999);
    expect(await ask(2, uuidv7(), limits)).toBe(998);
  });

  it('is separate for each kind of call and each credential', async () => {
    const limits = [{ most: 1, per_ms: 1_000 }];
    await ask(0, uuidv7(), limits);
    expect(await ask(0, uuidv7(), limits, { kind: 'other' })).toBe(0);
    expect(await ask(0, uuidv7(), limits, { credential: 'app 2' })).toBe(0);
    expect(await ask(0, uuidv7(), limits, { tenant_id: 'other' })).toBe(0);
    expect(await ask(0, uuidv7(), limits)).toBe(1_000);
  });

  it('is shared by all dispatchers, however many ask at once', async () => {
    const processes = [db.database, await db.another(), await db.another()].map((each) => new BudgetRepository(each));
    const limits = [{ max: 5, perMs: MINUTE }];
    const calls = Array.from({ length: 60 }, (_, n) =>
      processes[n % 3]!.take({ ...CREDENTIAL, operationId: uuidv7(), limits }),
    );
    const waits = await Promise.all(calls);
    expect(waits.filter((ms) => ms === 0)).toHaveLength(5);
    const [kept] = await db.sql(
      'SELECT count(DISTINCT at)::int AS moments, count(*)::int AS turns FROM annotation_turn',
    );
    expect(kept).toEqual({ moments: 60, turns: 60 });
  });
});

describe('a hold', () => {
  it('keeps all lanes of its credential from starting or continuing, and no others', async () => {
    const through = await new IntegrationRepository(db.database).insert(integration());
    const ledger = new OperationRepository(db.database);
    const budget = new BudgetRepository(db.database);
    const enter = (lane: string, credential: string | null, leaseMs: number | null = null) =>
      ledger.enter(entry(through, { lane }, { credential, leaseMs }));
    const atWork = await enter('at work', 'app 1', 30_000);
    await enter('at work', 'app 1');
    await enter('waits', 'app 1');
    await enter('other', 'app 2');
    await enter('free', null);

    await budget.hold('acme', 'app 1', MINUTE);
    await budget.hold('acme', 'app 1', 10);
    await budget.hold('other', 'app 2', MINUTE);
    expect(await enter('comes anew', 'app 1', 30_000)).toMatchObject({ result: 'queued' });
    const claimed = await ledger.claimAndBegin({ limit: 10, leaseMs: 30_000 });
    expect(claimed.map(({ lease }) => lease.lane).sort()).toEqual(['free', 'other']);

    if (atWork.result !== 'running') throw new Error(atWork.result);
    const { lease, begun } = atWork;
    const settlement = { state: 'failed', outcome: { ...SUCCESS, operationId: begun.row.id } } as const;
    const event = { name: 'annotation_failed', data: {} } as const;
    expect(
      await ledger.conclude({ lease, operationId: begun.row.id, settlement, event, continueLane: true }),
    ).toBeNull();
    const lanes = await db.sql<{ lane: string; waits: boolean }>(
      `SELECT lane, lease_token IS NULL AND due_at > now() + interval '50 seconds' AS waits FROM annotation_lane`,
    );
    expect(lanes.filter(({ waits }) => waits).map(({ lane }) => lane)).toEqual(
      expect.arrayContaining(['at work', 'comes anew', 'waits']),
    );

    expect(await budget.take({ ...CREDENTIAL, operationId: uuidv7(), limits: [{ max: 1, perMs: 1 }] })).toBeGreaterThan(
      50_000,
    );
    await db.sql(`UPDATE annotation_budget SET held_until = now() - interval '1 second'`);
    await db.sql('UPDATE annotation_lane SET due_at = now()');
    expect(await ledger.claimAndBegin({ limit: 10, leaseMs: 30_000 })).toHaveLength(3);
  });

  it('is written once per credential for all concurrent refusals, with the longest time', async () => {
    const budget = new BudgetRepository(db.database);
    const sent = jest.spyOn(db.database, 'ofTenant');
    const refused = Array.from({ length: 20 }, (_, n) => budget.hold('acme', `app ${n % 2}`, (n + 1) * MINUTE));
    await Promise.all(refused);
    expect(sent).toHaveBeenCalledTimes(2);
    sent.mockRestore();

    const held = await db.sql<{ minutes: number }>(
      `SELECT round(extract(epoch FROM held_until - now()) / 60)::int AS minutes FROM annotation_budget ORDER BY credential`,
    );
    expect(held).toEqual([{ minutes: 19 }, { minutes: 20 }]);
  });

  it('spreads the lanes of the credential when it ends, and no refused operation runs before that', async () => {
    const through = await new IntegrationRepository(db.database).insert(integration());
    const ledger = new OperationRepository(db.database);
    const enter = (lane: string, leaseMs: number | null) =>
      ledger.enter(entry(through, { lane }, { credential: 'app 1', leaseMs }));
    const refused = await enter('refused', 30_000);
    for (let n = 0; n < 64; n++) await enter(`lane ${n}`, null);
    await new BudgetRepository(db.database).hold('acme', 'app 1', MINUTE);
    if (refused.result !== 'running') throw new Error(refused.result);
    const limited = { waitMs: 1_000, countsAsAttempt: false, outcome: failed('rate_limited', 'slow down') };
    await ledger.reschedule(refused.lease, refused.begun.row.id, limited);

    const lanes = await db.sql<{ ms: number }>(
      `SELECT extract(epoch FROM due_at - held_until)::float8 * 1000 AS ms
       FROM annotation_lane JOIN annotation_budget USING (tenant_id, credential)`,
    );
    expect(lanes.every(({ ms }) => ms >= 0 && ms < 2_500)).toBe(true);
    // Most probably four of 64.
    expect(lanes.filter(({ ms }) => ms < 500).length).toBeLessThan(17);
  });
});

const SUCCESS = {
  success: true,
  result: null,
  errorMessage: null,
  errorCode: null,
  isTransient: false,
  skippedOffline: false,
  retryAfterMs: null,
  details: [],
};
