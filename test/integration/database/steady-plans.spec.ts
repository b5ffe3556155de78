import { failed, succeeded } from '@integrations/contracts';
import {
  type Begun,
  BudgetRepository,
  type Database,
  type Entered,
  IntegrationRepository,
  type IntegrationRow,
  type LaneLease,
  OperationRepository,
  OutageRepository,
  SealedSecretRepository,
} from '@integrations/database';
import { readMeanwhile } from './rows-read';
import { entry, integration, openDatabase, type TestDatabase } from './support';

const ROWS = 20_000;
/** Most rows that one operation may read; reading everything would be thousands. */
const FEW = 200;
const WAITING = 2_000;
const PAGE = 100;

const settlement = { state: 'succeeded' as const, outcome: succeeded(null as never) };
const event = { name: 'annotation_posted' as const, data: {} };

describe('a query plan from unlucky statistics', () => {
  let db: TestDatabase;
  let busy: IntegrationRow;
  let quiet: IntegrationRow;

  beforeEach(async () => {
    db = await openDatabase();
    const integrations = new IntegrationRepository(db.database);
    [busy, quiet] = [await integrations.insert(integration()), await integrations.insert(integration())];
  });
  afterEach(() => db.close());

  describe('does not slow an operation down', () => {
    const post = async (ledger: OperationRepository, lane: string) => {
      const { lease, begun } = (await ledger.enter(entry(busy, { lane }))) as Extract<Entered, { result: 'running' }>;
      await conclude(ledger, lease, begun);
    };
    const conclude = (ledger: OperationRepository, lease: LaneLease, { row }: Begun) =>
      ledger.conclude({ lease, operationId: row.id, settlement, event, continueLane: true });

    it('if there was no lane at the time', async () => {
      await db.sql('VACUUM (ANALYZE) annotation_lane');
      const { rows } = await readMeanwhile(db, 'annotation_lane', async (database) => {
        const ledger = new OperationRepository(database);
        await post(ledger, 'first');
        await db.sql(
          `INSERT INTO annotation_lane (lane, tenant_id, due_at)
           SELECT 'lane ' || n, 'acme', now() + interval '1 hour' FROM generate_series(1, $1::integer) AS n`,
          [ROWS],
        );
        await post(ledger, 'second');
      });
      expect(rows).toBeLessThan(FEW);
    });

    it('if no operation had an idempotency key at the time', async () => {
      await db.sql('VACUUM (ANALYZE) annotation_operation');
      const { rows } = await readMeanwhile(db, 'annotation_operation', async (database) => {
        const ledger = new OperationRepository(database);
        const accept = (n: number) => ledger.enter(entry(busy, { lane: `own ${n}`, idempotencyKey: `own ${n}` }));
        for (let n = 0; n < 10; n++) await accept(n);
        await db.sql(OPERATIONS, [ROWS, busy.id, 'succeeded', null]);
        for (let n = 10; n < 20; n++) await accept(n);
      });
      expect(rows).toBeLessThan(FEW);
    });

    describe('if nothing was queued in its lane at the time', () => {
      type Work = (
        ledger: OperationRepository,
        claimed: { lease: LaneLease; begun: Begun },
        database: Database,
      ) => Promise<unknown>;
      const outcome = failed('network', 'not reached');

      beforeEach(async () => {
        await db.sql(OPERATIONS, [ROWS, busy.id, 'succeeded', null]);
        await db.sql('VACUUM (ANALYZE) annotation_operation');
        await db.sql(OPERATIONS, [WAITING, busy.id, 'queued', null]);
        await db.sql(OPERATIONS, [WAITING, busy.id, 'queued', 'waiting lane']);
        await db.sql(`INSERT INTO annotation_lane (lane, tenant_id, due_at) VALUES ('waiting lane', 'acme', now())`);
      });

      it.each<[string, Work]>([
        ['when it ends', (ledger, { lease, begun }) => conclude(ledger, lease, begun)],
        [
          'when it is put off',
          (ledger, { lease, begun }) =>
            ledger.reschedule(lease, begun.row.id, { waitMs: 9, outcome, countsAsAttempt: true }),
        ],
        [
          'when it is parked',
          (_ledger, { lease, begun }, database) =>
            database.transaction((tx) =>
              new OutageRepository(database).park(lease, begun.row, { outcome, countsAsAttempt: true }, tx),
            ),
        ],
        [
          'when it only concludes its unfinished check run',
          (ledger, { lease, begun }) => ledger.beginEnding(lease, begun.row, { state: 'cancelled', outcome }),
        ],
        ['when it creates a check run that it must conclude', (ledger, { begun }) => ledger.noteHalfMade(begun.row)],
        [
          'when it arrives with an upsertKey',
          (ledger) => ledger.enter(entry(busy, { lane: 'waiting lane', upsertKey: 'key' })),
        ],
      ])('%s', async (_what, work) => {
        const { rows } = await readMeanwhile(db, 'annotation_operation', async (database) => {
          const ledger = new OperationRepository(database);
          const [claimed] = await ledger.claimAndBegin({ limit: 1, leaseMs: 30_000 });
          await work(ledger, claimed!, database);
        });
        expect(rows).toBeLessThan(FEW);
      });
    });
  });

  describe('does not read all parked operations', () => {
    beforeEach(async () => {
      await db.sql(OPERATIONS, [ROWS / 2, quiet.id, 'succeeded', null]);
      await db.sql(OPERATIONS, [ROWS / 2, busy.id, 'parked_offline', null]);
      await db.sql('UPDATE annotation_operation SET awaits_vendor = true WHERE integration_id = $1', [busy.id]);
      await db.sql('ANALYZE annotation_operation');
    });
    const look = <T>(work: (database: Database) => Promise<T>) => readMeanwhile(db, 'annotation_operation', work);

    it('to find that one integration has none', async () => {
      await new OutageRepository(db.database).failed({ tenantId: 'acme', integrationId: quiet.id }, 60_000);
      const { rows, answer } = await look((database) => new OutageRepository(database).list());
      expect(answer).toMatchObject([{ integrationId: quiet.id, over: false }]);
      expect(rows).toBeLessThan(FEW);
    });

    it('to replay those of one integration', async () => {
      const of = { tenantId: 'acme', integrationId: quiet.id };
      await new OutageRepository(db.database).failed(of, 60_000);
      await new OutageRepository(db.database).reached(of);
      const { rows, answer } = await look((database) =>
        database.transaction((tx) => new OutageRepository(database).replay(of, 200, tx)),
      );
      expect(answer).toEqual([]);
      expect(rows).toBeLessThan(FEW);
    });

    it("to replay some of one integration's", async () => {
      await db.sql('DELETE FROM annotation_operation WHERE integration_id = $1', [busy.id]);
      await db.sql('VACUUM (ANALYZE) annotation_operation');
      await db.sql(OPERATIONS, [WAITING, busy.id, 'parked_offline', null]);
      await db.sql('UPDATE annotation_operation SET awaits_vendor = true WHERE integration_id = $1', [busy.id]);
      const of = { tenantId: 'acme', integrationId: busy.id };
      await new OutageRepository(db.database).failed(of, 60_000);
      await new OutageRepository(db.database).reached(of);
      const { rows, answer } = await look((database) =>
        database.transaction((tx) => new OutageRepository(database).replay(of, 10, tx)),
      );
      expect(answer).toHaveLength(10);
      expect(rows).toBeLessThan(FEW);
    });

    it('to replay a page by hand', async () => {
      const { rows, answer } = await look((database) =>
        database.transaction((tx) =>
          new OperationRepository(database).replay('acme', {}, { limit: PAGE, after: 0 }, tx),
        ),
      );
      expect(answer.requeued).toHaveLength(PAGE);
      expect(rows).toBeLessThan(10 * PAGE);
    });

    it('to find whether an operation must wait', async () => {
      await db.sql(`UPDATE annotation_operation SET state = 'failed'`);
      await db.sql('VACUUM (ANALYZE) annotation_operation');
      await db.sql(`UPDATE annotation_operation SET state = 'parked_offline' WHERE integration_id = $1`, [busy.id]);
      const of = { tenantId: 'acme', integrationId: busy.id };
      await new OutageRepository(db.database).failed(of, 60_000);
      const { begun } = (await new OperationRepository(db.database).enter(entry(busy))) as Extract<
        Entered,
        { result: 'running' }
      >;
      const { rows, answer } = await look((database) => new OutageRepository(database).holds(begun.row));
      expect(answer).toBe(false);
      expect(rows).toBeLessThan(FEW);
    });

    it('to list those of one integration', async () => {
      await db.sql(OPERATIONS, [3, quiet.id, 'parked_offline', null]);
      const { rows, answer } = await look((database) =>
        new OperationRepository(database).parked('acme', { integrationId: quiet.id }, { limit: 100, after: 0 }),
      );
      expect(answer).toHaveLength(3);
      expect(rows).toBeLessThan(FEW);
    });
  });

  it('does not read all running operations for a replay', async () => {
    await db.sql(OPERATIONS, [ROWS, busy.id, 'succeeded', null]);
    await db.sql('VACUUM (ANALYZE) annotation_operation');
    await db.sql(OPERATIONS, [WAITING, busy.id, 'queued', null]);
    await db.sql(`UPDATE annotation_operation SET state = 'running' WHERE state = 'queued'`);
    await db.sql(OPERATIONS, [10, quiet.id, 'parked_offline', null]);
    await db.sql(`UPDATE annotation_operation SET upsert_key = NULL WHERE state = 'parked_offline'`);
    const { rows, answer } = await readMeanwhile(db, 'annotation_operation', (database) =>
      database.transaction((tx) => new OperationRepository(database).replay('acme', {}, { limit: PAGE, after: 0 }, tx)),
    );
    expect(answer.requeued).toHaveLength(10);
    expect(rows).toBeLessThan(FEW);
  });

  it('does not scan all secrets to read one', async () => {
    await db.sql('VACUUM (ANALYZE) sealed_secret');
    const { rows } = await readMeanwhile(db, 'sealed_secret', async (database) => {
      const secrets = new SealedSecretRepository(database);
      for (let n = 1; n <= 10; n++) await secrets.get('acme', `path ${n}`);
      await db.sql(SECRETS, [ROWS]);
      for (let n = 1; n <= 10; n++) await secrets.get('acme', `path ${n}`);
    });
    expect(rows).toBeLessThan(FEW);
  });

  it('does not read all turns promised to others for one call', async () => {
    const ask = {
      tenantId: 'acme',
      credential: 'app 1',
      kind: 'post',
      latest: null,
      limits: [{ max: 1, perMs: 1_000 }],
    };
    await db.sql(
      `INSERT INTO annotation_turn (tenant_id, credential, kind, at, holder, used)
       SELECT 'acme', 'app 1', 'post', now() + n * interval '1 second', gen_random_uuid(), n = 0
       FROM generate_series(0, $1::integer) AS n`,
      [WAITING],
    );
    const { rows, answer } = await readMeanwhile(db, 'annotation_turn', async (database) => {
      const budgets = new BudgetRepository(database);
      const promised = await budgets.take({ ...ask, operationId: busy.id });
      return [promised, await budgets.take({ ...ask, operationId: busy.id })];
    });
    for (const waitMs of answer) expect(waitMs).toBeGreaterThan(WAITING * 900);
    expect(rows).toBeLessThan(FEW);
  });
});

const SECRETS = `
  INSERT INTO sealed_secret (tenant_id, path, version, master_key_id, wrapped_key, ciphertext)
  SELECT 'acme', 'path ' || n, 1, 'key', 'wrapped', 'sealed' FROM generate_series(1, $1::integer) AS n`;

const OPERATIONS = `
  INSERT INTO annotation_operation (id, tenant_id, integration_id, integration_type, provider, generation, operation, lane,
    owner, repository, upsert_key, request, request_hash, state, finished_at)
  SELECT gen_random_uuid(), 'acme', $2, 'scm', 'in_memory', 1, 'comment', coalesce($4, 'lane ' || n), 'octo', 'demo',
         CASE WHEN $3 <> 'queued' THEN 'key ' || n END, '{}',
         'hash', $3, CASE WHEN $3 <> 'queued' THEN now() END
  FROM generate_series(1, $1::integer) AS n`;
