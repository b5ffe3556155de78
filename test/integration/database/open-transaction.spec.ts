import { setTimeout as sleep } from 'node:timers/promises';
import { succeeded } from '@integrations/contracts';
import {
  IdempotencyRepository,
  IntegrationRepository,
  type IntegrationRow,
  LookBack,
  OperationRepository,
  Outbox,
  type OutboxMessage,
  OutboxRelay,
  type Transaction,
} from '@integrations/database';
import { Client } from 'pg';
import { eventually } from '../../support/eventually';
import { sessionsLeft } from './rows-read';
import { entry, integration, noSnapshots, openDatabase, type TestDatabase } from './support';

/** How many index entries are dead. Each scan from the beginning reads all of them. */
const MANY = 5_000;
/** One or two full scans may fall into the measured time. Scanning in full every time would take at least ten. */
const FEW_LOOKS = 3 * MANY;
/** After this long, a repeated scan has seen that nothing older is left. */
const SEEN_MS = 2_500;

const settlement = { state: 'succeeded' as const, outcome: succeeded(null as never) };
const told = { name: 'annotation_posted' as const, data: {} };

/** A transaction such as a backup's: vacuum cannot remove rows that die from now on. */
describe('beside a transaction that stays open', () => {
  let db: TestDatabase;
  let through: IntegrationRow;
  let backup: Client;

  beforeEach(async () => {
    db = await openDatabase();
    through = await new IntegrationRepository(db.database).insert(integration());
    backup = new Client({ connectionString: db.url });
    await backup.connect();
    await backup.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM integration');
  });
  afterEach(async () => {
    await backup.end();
    await db.close();
  });

  /** How many entries of an index were read so far, including those of dead rows. */
  const placesRead = async (index: string): Promise<number> => {
    const [found] = await db.sql<{ places: string }>(
      'SELECT idx_tup_read AS places FROM pg_stat_user_indexes WHERE indexrelname = $1',
      [index],
    );
    return Number(found?.places);
  };

  describe('the relay', () => {
    let relay: OutboxRelay;
    let published: OutboxMessage[];
    let errors: unknown[];

    beforeEach(async () => {
      [published, errors] = [[], []];
      relay = new OutboxRelay(await db.another(), {
        publishAll: async (messages) => void published.push(...messages),
        snapshots: noSnapshots(),
        onError: (error) => errors.push(error),
        pollMs: 20,
      });
      relay.start();
    });
    afterEach(async () => {
      await relay.stop();
      expect(errors).toEqual([]);
    });

    const append = (generation: number, before = async (_: Transaction): Promise<void> => undefined) =>
      db.database.transaction(async (tx) => {
        const { id: integrationId, tenantId, type, provider } = through;
        const of = { integrationId, tenantId, type, provider, generation };
        await new Outbox(db.database).append({ ...of, event: 'updated', data: { changedFields: ['name'] } }, tx);
        await before(tx);
      });
    const appendMany = () =>
      db.sql(
        `INSERT INTO outbox (event_id, tenant_id, integration_id, type, provider, event, generation, data)
         SELECT gen_random_uuid(), 'acme', gen_random_uuid(), 'scm', 'in_memory', 'updated', 1, '{}'
         FROM generate_series(1, $1::integer)`,
        [MANY],
      );
    /** Waits for all reports: a session that collides with another while reporting its reads reports later. */
    const placesReadSoFar = (index: string) =>
      eventually('all that was read to be told', async () => {
        const told = await placesRead(index);
        await sleep(1_500);
        const since = await placesRead(index);
        return since - told < FEW_LOOKS && since;
      });
    const arrived = (count: number) => eventually('the events', () => published.length === count);

    it('does not reread the events that it has already numbered', async () => {
      await appendMany();
      await arrived(MANY);
      await sleep(SEEN_MS);
      const before = await placesReadSoFar('outbox_unsequenced');
      // PostgreSQL reports a session's reads after a second.
      await sleep(2_000);
      expect((await placesRead('outbox_unsequenced')) - before).toBeLessThan(FEW_LOOKS);
    });

    it("does not reread an integration's events for its next snapshot", async () => {
      for (let n = 0; n < MANY; n += 50) await Promise.all(Array.from({ length: 50 }, (_, nth) => append(n + nth)));
      await arrived(MANY);
      await sleep(SEEN_MS);
      const before = await placesRead('outbox_unpublished');
      for (let n = 1; n <= 10; n++) {
        await append(MANY + n);
        await arrived(MANY + n);
        await sleep(100);
      }
      await sleep(1_500);
      expect((await placesRead('outbox_unpublished')) - before).toBeLessThan(FEW_LOOKS);
    });

    it("loses no event of a transaction that commits late, and keeps the order of its integration's events", async () => {
      let isOver = false;
      // PostgreSQL ends a transaction that is idle for ten seconds.
      const late = append(1, async (tx) => {
        while (!isOver) await Promise.all([db.database.ofTenant('acme', tx).query('SELECT'), sleep(50)]);
      });
      await sleep(100);
      await appendMany();
      await arrived(MANY);
      await sleep(SEEN_MS);
      await appendMany();
      await arrived(2 * MANY);
      isOver = true;
      await late;
      await append(2);
      await arrived(2 * MANY + 2);
      const ours = published.filter(({ body }) => body.integrationId === through.id);
      expect(ours.map(({ body }) => [body.generation, body.sequence])).toEqual([
        [1, 1],
        [2, 2],
      ]);
    });
  });

  describe('a dispatcher', () => {
    const claimed = async (ledger: OperationRepository, lookBack: LookBack) => {
      const leased = await ledger.claimAndBegin({ limit: 500, leaseMs: 30_000, lookBack });
      return leased.map(({ lease, begun }) => ({ lease, operationId: begun.row.id }));
    };
    const enter = (ledger: OperationRepository, lane: string) =>
      ledger.enter(entry(through, { lane }, { leaseMs: null }));

    it('does not reread the lanes that it has already taken', async () => {
      const database = await db.another();
      const [ledger, lookBack] = [new OperationRepository(database), new LookBack()];
      for (let n = 0; n < MANY; n += 50) {
        await Promise.all(Array.from({ length: 50 }, (_, nth) => enter(ledger, `lane ${n + nth}`)));
      }
      // Lanes due for less than this are scanned again, because commits may become visible late.
      await sleep(SEEN_MS);
      let taken = 0;
      for (let all = await claimed(ledger, lookBack); all.length > 0; all = await claimed(ledger, lookBack)) {
        taken += all.length;
        await Promise.all(all.map((one) => ledger.conclude({ ...one, settlement, event: told, continueLane: true })));
      }
      expect(taken).toBe(MANY);
      await sleep(SEEN_MS);
      await claimed(ledger, lookBack);
      for (let look = 0; look < 10; look++) await claimed(ledger, lookBack);
      await enter(ledger, 'another');
      expect(await claimed(ledger, lookBack)).toHaveLength(1);

      await database.close();
      await sessionsLeft(db, 1);
      expect(await placesRead('annotation_lane_ready')).toBeLessThan(4 * MANY);
    });
  });

  it('a request with an idempotency key does not reread removed keys', async () => {
    await db.sql(
      `INSERT INTO idempotency_key (tenant_id, key, route, body_hash, created_at)
       SELECT 'acme', 'old ' || n, 'route', 'hash', now() - interval '2 days' FROM generate_series(1, $1::integer) AS n`,
      [MANY],
    );
    await db.sql('DELETE FROM idempotency_key');
    const database = await db.another();
    const keys = new IdempotencyRepository(database);
    for (let n = 1; n <= 20; n++) {
      const claim = await keys.claim({ tenantId: 'acme', key: `new ${n}`, route: 'route', bodyHash: 'hash' });
      expect(claim).toEqual({ state: 'claimed' });
    }
    await database.close();
    await sessionsLeft(db, 1);
    expect(await placesRead('idempotency_key_oldest')).toBeLessThan(FEW_LOOKS);
  });
});
