import {
  type IntegrationRow,
  LedgerRetention,
  type NewOperation,
  type OperationRepository,
} from '@integrations/database';
import { Client } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../support/eventually';
import { asRole } from '../tenancy/support';
import { entry, openDatabase, openLedger, type TestDatabase } from './support';

const DAY = 24 * 3_600_000;
const DAYS = 90;
const ENDED = ['succeeded', 'failed', 'superseded', 'cancelled'];

interface Aged {
  readonly state: string;
  /** How many days ago it was accepted and ended. */
  readonly age: number;
  readonly lane?: string;
  readonly tenantId?: string;
  readonly upsertKey?: string;
  readonly revision?: number;
  readonly idempotencyKey?: string;
  readonly operation?: string;
  readonly request?: object;
}

describe('the retention of the ledger', () => {
  let db: TestDatabase;
  let ledger: OperationRepository;
  let through: IntegrationRow;

  beforeAll(async () => {
    ({ db, ledger, through } = await openLedger());
  });
  afterEach(() => db.sql('TRUNCATE annotation_operation, annotation_lane, outbox'));
  afterAll(() => db.close());

  const insert = async (aged: Aged): Promise<string> => {
    const { state, age, lane = uuidv7(), tenantId = 'acme', operation = 'status', request = {} } = aged;
    const id = uuidv7();
    await db.sql(
      `INSERT INTO annotation_operation (id, tenant_id, integration_id, integration_type, provider, generation, operation,
         lane, owner, repository, commit_sha, upsert_key, revision, idempotency_key, request, request_hash, state,
         accepted_at, finished_at)
       SELECT $1, $2, $3, 'scm', 'in_memory', 1, $4, $5, 'octo', 'demo', 'abc', $6, $7, $8, $9, 'hash', $10, at,
              CASE WHEN $10 NOT IN ('queued', 'running') THEN at END
       FROM (SELECT now() - $11 * interval '1 day' AS at) AS ended`,
      [
        ...[id, tenantId, through.id, operation, lane, aged.upsertKey ?? null, aged.revision ?? null],
        ...[aged.idempotencyKey ?? null, request, state, age],
      ],
    );
    return id;
  };
  const keep = (now = new Date(), days = DAYS, signal = new AbortController().signal, by = db.database) =>
    new LedgerRetention(by).keep(now, { days, signal });
  const kept = async (): Promise<string[]> =>
    (await db.sql<{ id: string }>('SELECT id FROM annotation_operation ORDER BY position')).map(({ id }) => id);
  const enter = (overrides: Partial<NewOperation>) =>
    ledger.enter(entry(through, { operation: 'status', ...overrides }));

  it('removes operations of all tenants and all end states that ended longer ago, and no younger ones', async () => {
    const young = [];
    for (const state of ENDED) {
      for (const tenantId of ['acme', 'rival']) {
        await insert({ state, tenantId, age: DAYS + 1 });
        young.push(await insert({ state, tenantId, age: DAYS - 1 }));
      }
    }
    await keep();
    expect(await kept()).toEqual(young);
    await keep(new Date(), 30);
    expect(await kept()).toEqual([]);
  });

  it('never removes a queued, running or parked operation, however old', async () => {
    const open = [];
    for (const state of ['queued', 'running', 'parked_offline']) open.push(await insert({ state, age: 2_000 }));
    await keep();
    expect(await kept()).toEqual(open);
  });

  it('removes nothing when the clock of a dispatcher or of PostgreSQL is wrong', async () => {
    await insert({ state: 'succeeded', age: DAYS + 7 });
    const young = await insert({ state: 'succeeded', age: DAYS - 7 });
    await keep(new Date(Date.now() - 14 * DAY));
    expect(await kept()).toHaveLength(2);
    await keep(new Date(Date.now() + 1_000 * DAY));
    expect(await kept()).toEqual([young]);
  });

  it('removes old rate-limit turns, even of credentials no longer in use', async () => {
    await db.sql(
      `INSERT INTO annotation_turn (tenant_id, credential, kind, at, holder, used)
       SELECT tenant, 'key', 'write', now() - age * interval '1 day', gen_random_uuid(), true
       FROM unnest($1::integer[]) AS age, unnest('{acme,rival}'::text[]) AS tenant`,
      [[DAYS + 1, DAYS - 1]],
    );
    const turns = () => db.sql('SELECT FROM annotation_turn');
    await keep(new Date(Date.now() - 14 * DAY));
    expect(await turns()).toHaveLength(4);
    await keep();
    expect(await turns()).toHaveLength(2);
    await keep(new Date(), 30);
    expect(await turns()).toEqual([]);
  });

  it('frees an idempotency key together with its operation', async () => {
    const lane = 'lane';
    await insert({ state: 'succeeded', age: DAYS + 1, lane, idempotencyKey: 'once' });
    await insert({ state: 'succeeded', age: DAYS - 1, lane, idempotencyKey: 'late' });
    await keep();
    expect(await enter({ lane, idempotencyKey: 'late' })).toMatchObject({ result: 'known' });
    expect(await enter({ lane, idempotencyKey: 'once' })).toMatchObject({ result: 'running' });
  });

  it('keeps operations accepted after a parked one, so that its replay cannot overwrite something newer', async () => {
    const lane = 'lane';
    const request = { context: 'scan' };
    await insert({ state: 'succeeded', age: 401, lane, request });
    const parked = await insert({ state: 'parked_offline', age: 400, lane, request });
    const newer = await insert({ state: 'succeeded', age: 399, lane, request });
    await insert({ state: 'succeeded', age: 398, lane: 'another' });
    await keep();
    expect(await kept()).toEqual([parked, newer]);

    const requeued = await db.database.transaction((tx) => ledger.requeue('acme', parked, tx));
    expect(requeued).toMatchObject({ state: 'superseded' });
    await keep();
    expect(await kept()).toEqual([parked]);
  });

  it.each(['queued', 'running'])('keeps operations accepted after one that is %s', async (state) => {
    const open = await insert({ state, age: 400, lane: 'lane' });
    const newer = await insert({ state: 'succeeded', age: 399, lane: 'lane' });
    await keep();
    expect(await kept()).toEqual([open, newer]);
  });

  it('keeps the highest revision of an upsertKey in use, so that no older one is posted over it', async () => {
    const of = { lane: 'lane', upsertKey: 'sast' };
    await insert({ ...of, state: 'succeeded', age: 402, revision: 6 });
    const highest = await insert({ ...of, state: 'succeeded', age: 401, revision: 7 });
    await insert({ ...of, state: 'superseded', age: 400, revision: 5 });
    const use = await insert({ ...of, state: 'superseded', age: 5, revision: 4 });
    await keep();
    expect(await kept()).toEqual([highest, use]);
    expect(await enter({ ...of, revision: 6 })).toMatchObject({ result: 'superseded' });
  });

  it('keeps the last success of an upsertKey in use, for comparison with the next', async () => {
    const of = { lane: 'lane', operation: 'publish', upsertKey: 'sast' } as const;
    await insert({ ...of, state: 'succeeded', age: 402 });
    const last = await insert({ ...of, state: 'succeeded', age: 401 });
    await insert({ ...of, state: 'failed', age: 400 });
    const use = await insert({ ...of, state: 'failed', age: 5 });
    await keep();
    expect(await kept()).toEqual([last, use]);
    expect(await ledger.lastSucceeded('acme', of)).toMatchObject({ id: last });
  });

  it('keeps the last success while the next operation is still in flight', async () => {
    const of = { lane: 'lane', upsertKey: 'sast' };
    const last = await insert({ ...of, state: 'succeeded', age: 401, revision: 7 });
    await enter({ ...of, revision: 8 });
    await keep();
    expect(await kept()).toContain(last);
  });

  it('keeps only one operation per upsertKey in use, and none of an upsertKey long unused', async () => {
    const used = { lane: 'lane', upsertKey: 'sast' };
    for (const age of [404, 403, 402]) await insert({ ...used, state: 'succeeded', age, revision: 500 - age });
    const younger = await insert({ ...used, state: 'succeeded', age: 1, revision: 499 });
    for (const unused of [
      { ...used, lane: 'another' },
      { ...used, upsertKey: 'sca' },
      { ...used, operation: 'check_run' },
    ]) {
      await insert({ ...unused, state: 'succeeded', age: 401, revision: 7 });
    }
    await keep();
    expect(await kept()).toEqual([younger]);
  });

  it('continues past what it keeps, however much that is, and stops when aborted', async () => {
    await db.sql(
      `INSERT INTO annotation_operation (id, tenant_id, integration_id, integration_type, provider, generation, operation,
         lane, owner, repository, request, request_hash, state, finished_at)
       SELECT gen_random_uuid(), 'acme', $1, 'scm', 'in_memory', 1, 'comment', lane, 'o', 'r', '{}', 'hash', state, ended
       FROM (
         SELECT 'held' AS lane, 'parked_offline' AS state, now() - interval '900 days' AS ended
         UNION ALL SELECT 'held', 'succeeded', now() - interval '800 days' FROM generate_series(1, 1500)
         UNION ALL SELECT 'free', 'succeeded', now() - interval '700 days' FROM generate_series(1, 1500)
       ) AS given`,
      [through.id],
    );
    await keep(new Date(), DAYS, AbortSignal.abort());
    expect(await kept()).toHaveLength(3_001);
    await keep();
    expect(await db.sql('SELECT lane, count(*)::integer FROM annotation_operation GROUP BY lane')).toEqual([
      { lane: 'held', count: 1_501 },
    ]);
  });

  it('can run in many processes at once', async () => {
    await db.sql(
      `INSERT INTO annotation_operation (id, tenant_id, integration_id, integration_type, provider, generation, operation,
         lane, owner, repository, request, request_hash, state, finished_at)
       SELECT gen_random_uuid(), 'acme', $1, 'scm', 'in_memory', 1, 'comment', 'l' || n, 'o', 'r', '{}', 'hash', 'failed',
              now() - interval '100 days' - n / 7 * interval '1 second'
       FROM generate_series(1, 4000) AS n`,
      [through.id],
    );
    const young = await insert({ state: 'failed', age: 1 });
    const others = await Promise.all([db.another(), db.another()]);
    await Promise.all(
      [db.database, ...others].flatMap((by) => [1, 2].map(() => keep(new Date(), DAYS, undefined, by))),
    );
    expect(await kept()).toEqual([young]);
  });

  it('reads only what is too old, never the whole ledger', async () => {
    const fresh = await openDatabase();
    const fill = (rows: number, lanes: number, days: number) =>
      fresh.sql(
        `INSERT INTO annotation_operation (id, tenant_id, integration_id, integration_type, provider, generation, operation,
           lane, owner, repository, upsert_key, revision, request, request_hash, state, finished_at)
         SELECT gen_random_uuid(), 'acme', $1, 'scm', 'in_memory', 1, 'comment', 'l' || n % $3, 'o', 'r', 'sast', n, '{}',
                'hash', 'succeeded', now() - $4 * interval '1 day'
         FROM generate_series(1, $2::integer) AS n`,
        [through.id, rows, lanes, days],
      );
    try {
      await fill(15_000, 5_000, 100);
      await fill(5_000, 50_000, 10);
      await fresh.sql('ANALYZE annotation_operation');
      const database = await fresh.another();
      await keep(new Date(), DAYS, undefined, database);
      // Its sessions report their reads when they end.
      await database.close();
      const read = await eventually('the statistics', async () => {
        const [seen] = await fresh.sql<{ deleted: number; scans: number }>(
          `SELECT n_tup_del::integer AS deleted, seq_scan::integer AS scans FROM pg_stat_user_tables
           WHERE relname = 'annotation_operation'`,
        );
        return seen!.deleted > 0 ? seen : null;
      });
      expect(read).toEqual({ deleted: 10_001, scans: 0 });
    } finally {
      await fresh.close();
    }
  });

  it('leaves an operation that is just being retried', async () => {
    const failed = await insert({ state: 'failed', age: 100 });
    const retrying = new Client({ connectionString: db.url });
    await retrying.connect();
    try {
      await retrying.query('BEGIN');
      await retrying.query(`UPDATE annotation_operation SET state = 'queued', finished_at = NULL WHERE id = $1`, [
        failed,
      ]);
      const keeping = keep();
      await eventually('a session to wait for the row', async () => {
        const waiting = await db.sql(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return waiting.length > 0;
      });
      await retrying.query('COMMIT');
      await keeping;
    } finally {
      await retrying.end();
    }
    expect(await kept()).toEqual([failed]);
  });

  it('is reserved for the system: no tenant can remove its operations', async () => {
    const id = await insert({ state: 'succeeded', age: 100 });
    const remove = `DELETE FROM annotation_operation RETURNING id`;
    await expect(asRole(db, 'integrations_tenant', 'acme', remove)).rejects.toThrow(/permission denied for table/);
    expect(await asRole(db, 'integrations_system', null, remove)).toEqual([{ id }]);
  });
});
