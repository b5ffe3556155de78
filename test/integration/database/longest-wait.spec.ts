import { failed } from '@integrations/contracts';
import { BudgetRepository, type IntegrationRow, type NewOperation, OperationRepository } from '@integrations/database';
import { readMeanwhile, rowsRead } from './rows-read';
import { entry, openLedger, type TestDatabase } from './support';

const ROWS = 20_000;
/** Most rows that the query may read; reading everything would be tens of thousands. */
const FEW = 500;

describe('the longest wait of a due annotation operation', () => {
  let db: TestDatabase;
  let ledger: OperationRepository;
  let through: IntegrationRow;

  beforeEach(async () => {
    ({ db, ledger, through } = await openLedger());
  });
  afterEach(() => db.close());

  const accept = (overrides: Partial<NewOperation> = {}, credential: string | null = null) =>
    ledger.enter(entry(through, overrides, { leaseMs: null, credential }));
  const claimOne = async () => (await ledger.claimAndBegin({ limit: 1, leaseMs: 60_000 }))[0]!;
  const setBack = (column: 'due_at' | 'lease_until', seconds: number) =>
    db.sql(`UPDATE annotation_lane SET ${column} = now() - $1 * interval '1 second'`, [seconds]);
  const wait = async () => Math.round(await ledger.longestWait());

  it('is the wait of the longest due lane, whether served before or not', async () => {
    expect(await ledger.longestWait()).toBe(0);
    await accept({ lane: 'first' });
    await setBack('due_at', 600);
    await accept({ lane: 'second' });
    expect(await wait()).toBeCloseTo(600, -1);
    await db.sql('UPDATE annotation_lane SET served = true');
    expect(await wait()).toBeCloseTo(600, -1);
  });

  it("does not count a leased lane, and counts from the expiry of a dead dispatcher's lease", async () => {
    await accept();
    await setBack('due_at', 600);
    await claimOne();
    expect(await wait()).toBe(0);
    await setBack('lease_until', 300);
    expect(await wait()).toBeCloseTo(300, -1);
  });

  it('does not count an operation that waits for its next attempt', async () => {
    await accept();
    const { lease, begun } = await claimOne();
    const outcome = failed('network', 'reset');
    await ledger.reschedule(lease, begun.row.id, { waitMs: 60_000, outcome, countsAsAttempt: true });
    expect(await wait()).toBe(0);
  });

  it('does not count time in which its credential is held, and counts from the end of the hold', async () => {
    await accept({}, 'app 1');
    await new BudgetRepository(db.database).hold('acme', 'app 1', 60_000);
    await setBack('due_at', 600);
    expect(await wait()).toBe(0);
    await db.sql(`UPDATE annotation_budget SET held_until = now() - interval '200 seconds'`);
    expect(await wait()).toBeCloseTo(200, -1);
  });

  it.each([
    ['all lanes are due', `now() - interval '600 seconds'`, 600],
    ['all lanes are due later', `now() + interval '600 seconds'`, 0],
  ])('is told without reading all: %s, and as much is parked', async (_what, due, seconds) => {
    // PostgreSQL's statistics are from when the tables were empty.
    await db.sql('VACUUM (ANALYZE) annotation_lane, annotation_budget, annotation_operation');
    for (const rows of [LANES.replace('$due', due), BUDGETS, PARKED]) await db.sql(rows, [ROWS]);
    await db.sql('SELECT pg_stat_force_next_flush()');
    const [lanes, operations] = [await rowsRead(db, 'annotation_lane'), await rowsRead(db, 'annotation_operation')];
    const { rows: budgets, answer } = await readMeanwhile(db, 'annotation_budget', (database) =>
      new OperationRepository(database).longestWait(),
    );
    expect(answer).toBeCloseTo(seconds, -2);
    expect(budgets).toBeLessThan(FEW);
    expect((await rowsRead(db, 'annotation_lane')) - lanes).toBeLessThan(FEW);
    expect(await rowsRead(db, 'annotation_operation')).toBe(operations);
  });
});

const LANES = `
  INSERT INTO annotation_lane (lane, tenant_id, credential, served, due_at)
  SELECT 'lane ' || n, 'acme', 'app ' || n, n % 2 = 0, $due FROM generate_series(1, $1::integer) AS n`;

const BUDGETS = `
  INSERT INTO annotation_budget (tenant_id, credential, held_until)
  SELECT 'acme', 'app ' || n, now() - interval '1 hour' FROM generate_series(1, $1::integer) AS n`;

const PARKED = `
  INSERT INTO annotation_operation (id, tenant_id, integration_id, integration_type, provider, generation, operation, lane,
    owner, repository, request, request_hash, state, finished_at)
  SELECT gen_random_uuid(), 'acme', gen_random_uuid(), 'scm', 'in_memory', 1, 'comment', 'parked ' || n, 'octo', 'demo', '{}',
         'hash', 'parked_offline', now() FROM generate_series(1, $1::integer) AS n`;
