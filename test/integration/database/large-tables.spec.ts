import {
  AuditRepository,
  HealthRetention,
  type IntegrationFilter,
  IntegrationRepository,
  type OperationFilter,
  OperationRepository,
  Outbox,
} from '@integrations/database';
import { readMeanwhile, rowsRead } from './rows-read';
import { openDatabase, type TestDatabase } from './support';

const ROWS = 20_000;
/** Most rows that a page of something rare may read; reading everything would be tens of thousands. */
const FEW = 200;
const PAGE = { limit: 50 };
/** How many rows of the health history are too old. */
const OLD = 3_000;
const TABLES = ['integration', 'annotation_operation', 'outbox', 'audit_entry', 'health_transition', 'health_gap'];

describe('a query for rare rows of a large table', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await openDatabase();
    await db.sql(REGISTRATIONS, [ROWS]);
    await db.sql(OPERATIONS, [ROWS]);
    await db.sql(EVENTS, [ROWS]);
    await db.sql(ENTRIES, [ROWS / 4]);
    await db.sql(TURNS, [ROWS, OLD]);
    await db.sql(GAPS, [ROWS, OLD]);
    for (const table of TABLES) await db.sql(`VACUUM (ANALYZE) ${table}`);
  });
  afterAll(() => db.close());

  it.each<[string, IntegrationFilter, number]>([
    ['a type', { type: 'ci' }, 10],
    ['a provider', { provider: 'jenkins' }, 10],
    ['an unused provider', { provider: 'nomad' }, 0],
    ['those disabled', { enabled: false }, 20],
    ['a tag', { tag: 'legacy' }, 15],
    ['an unused tag', { tag: 'none' }, 0],
    ['a type and a word that all contain', { type: 'ci', q: 'registration' }, 10],
  ])('lists registrations without reading all: %s', async (_what, filter, items) => {
    const { rows, answer } = await readMeanwhile(db, 'integration', (database) =>
      new IntegrationRepository(database).list('acme', filter, PAGE).then((page) => page.items.length),
    );
    expect(answer).toBe(items);
    // For a word that all have, this many matches are read first.
    expect(rows).toBeLessThan(filter.q === undefined ? FEW : 1_000 + FEW);
  });

  it.each([
    ['by the host of its endpoint', { hosts: ['host-7.example.com'], providers: [] }, 1],
    ['by its provider', { hosts: [], providers: ['harbor', 'quay'] }, 25],
    ['by either', { hosts: ['host-7.example.com', 'host-8.example.com'], providers: ['harbor'] }, 27],
    ['by either, though one does not exist', { hosts: ['nowhere.example.com'], providers: ['quay'] }, 0],
  ])('finds registrations that could serve an image: %s', async (_what, at, found) => {
    const { rows, answer } = await readMeanwhile(db, 'integration', (database) =>
      new IntegrationRepository(database).listEnabledAt('acme', 'registry', at).then(({ length }) => length),
    );
    expect(answer).toBe(found);
    expect(rows).toBeLessThan(FEW);
  });

  it('finds that several registrations could be meant without reading all', async () => {
    const { rows, answer } = await readMeanwhile(db, 'integration', (database) =>
      new IntegrationRepository(database).listEnabled('acme', 'registry', 3).then(({ length }) => length),
    );
    expect(answer).toBe(3);
    expect(rows).toBeLessThan(FEW);
  });

  it.each<[string, OperationFilter, number]>([
    ['an integration', { integrationId: idOf(5) }, 5],
    ['an integration without operations', { integrationId: idOf(6) }, 0],
    ['a repository, regardless of case', { repository: 'RARE' }, 7],
    ['a pull request of that repository', { owner: 'acme', repository: 'rare', prNumber: 3 }, 1],
    ['an unknown repository', { repository: 'none' }, 0],
    ['a commit of that repository', { owner: 'acme', repository: 'rare', commitSha: 'c'.repeat(40) }, 1],
    ['a commit, whatever the repository', { commitSha: 'c'.repeat(40) }, 1],
    ['a commit without operations', { commitSha: 'b'.repeat(40) }, 0],
    ['an owner, regardless of case', { owner: 'other' }, 4],
    ['an owner with many old operations', { owner: 'former' }, 50],
    ['an unknown owner', { owner: 'nobody' }, 0],
    ['a pull request of a repository with many', { owner: 'acme', repository: 'common', prNumber: 9_999 }, 1],
    ['a pull request, whatever the repository', { prNumber: 9_999 }, 1],
    ['a pull request without operations', { prNumber: ROWS + 1 }, 0],
    ['a rare kind of operation', { operation: 'check_run' }, 1],
    ['an unused kind of operation', { operation: 'status' }, 0],
    ['an unused kind of operation of a busy integration', { integrationId: idOf(9), operation: 'status' }, 0],
  ])('lists operations without reading all: %s', async (_what, filter, items) => {
    const { rows, answer } = await readMeanwhile(db, 'annotation_operation', (database) =>
      new OperationRepository(database).list('acme', filter, PAGE).then((page) => page.items.length),
    );
    expect(answer).toBe(items);
    expect(rows).toBeLessThan(FEW);
  });

  it.each([
    ['did once', 'integration.updated', 1],
    ['never does', 'integration.enabled', 0],
  ])('lists audit entries without reading all: what a busy actor %s', async (_what, action, items) => {
    const { rows, answer } = await readMeanwhile(db, 'audit_entry', (database) =>
      new AuditRepository(database).list('acme', { actor: 'busy', action }, PAGE).then((page) => page.items.length),
    );
    expect(answer).toBe(items);
    expect(rows).toBeLessThan(FEW);
  });

  it('removes old health history without reading the rest', async () => {
    const before = await rowsRead(db, 'health_transition');
    const { rows: gaps } = await readMeanwhile(db, 'health_gap', (database) =>
      new HealthRetention(database).keep(new Date()),
    );
    const transitions = (await rowsRead(db, 'health_transition')) - before;
    // Each removed row is read twice: to see that it is too old, and to remove it.
    for (const rows of [gaps, transitions]) {
      expect(rows).toBeGreaterThanOrEqual(2 * OLD);
      expect(rows).toBeLessThan(2 * OLD + FEW);
    }
  });

  it('finds whether a system event was published without reading all events', async () => {
    const data = { worker: 'w', since: '2026-02-03T04:05:06.000Z' } as const;
    const { rows } = await readMeanwhile(db, 'outbox', (database) =>
      database.transaction((tx) =>
        new Outbox(database).appendOnce({ event: 'prober_recovered', data: { ...data, until: data.since } }, tx),
      ),
    );
    expect(rows).toBeLessThan(FEW);
  });
});

function idOf(n: number): string {
  return `01920000-0000-7000-8000-${String(n).padStart(12, '0')}`;
}

const ID = `('01920000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid`;

/** The rare registrations are the oldest. */
const REGISTRATIONS = `
  INSERT INTO integration (id, tenant_id, name, type, provider, endpoint, config, tags, enabled, interval_seconds, created_at)
  SELECT ${ID}, 'acme', 'registration ' || n, CASE WHEN n <= 10 THEN 'ci' ELSE 'registry' END,
         CASE WHEN n <= 10 THEN 'jenkins' WHEN n <= 35 THEN 'harbor' ELSE 'oci' END,
         'https://' || CASE WHEN n > 100 THEN 'host-' || (n - 100) || '.example.com' ELSE 'old-' || n || '.example.com' END,
         '{}', CASE WHEN n <= 15 THEN '{legacy}'::text[] ELSE '{common}' END, n <= 40 OR n > 60, 60,
         now() - interval '1 year' + n * interval '1 second'
  FROM generate_series(1, $1::integer) AS n`;

const OPERATIONS = `
  INSERT INTO annotation_operation (id, tenant_id, integration_id, integration_type, provider, generation, operation, lane,
    owner, repository, pr_number, commit_sha, request, request_hash, state, accepted_at, finished_at)
  SELECT ${ID}, 'acme', ('01920000-0000-7000-8000-' || lpad(CASE WHEN n <= 5 THEN '5' ELSE '9' END, 12, '0'))::uuid,
         'scm', 'in_memory', 1, CASE WHEN n = 1 THEN 'check_run' ELSE 'publish' END, 'lane ' || n,
         CASE WHEN n IN (10, 11, 12) THEN 'Other' WHEN n = 13 THEN 'OTHER' WHEN n BETWEEN 1001 AND 3000 THEN 'former'
              ELSE 'acme' END,
         CASE WHEN n <= 7 THEN 'Rare' ELSE 'common' END, n,
         CASE WHEN n = 1 THEN repeat('c', 40) ELSE repeat('a', 32) || lpad(n::text, 8, '0') END, '{}', 'hash', 'succeeded',
         at, at
  FROM generate_series(1, $1::integer) AS n, LATERAL (SELECT now() - interval '1 year' + n * interval '1 second' AS at) AS t`;

const EVENTS = `
  INSERT INTO outbox (event_id, tenant_id, integration_id, type, provider, event, generation, data, sequence, published_at)
  SELECT gen_random_uuid(), 'acme', '${idOf(9)}', 'scm', 'in_memory', 'annotation_posted', 1, '{}', n, now()
  FROM generate_series(1, $1::integer) AS n`;

/** Half of the entries are by an actor with many entries of one action, and a single, oldest entry of another. */
const ENTRIES = `
  INSERT INTO audit_entry (id, tenant_id, actor, app, action, outcome, detail)
  SELECT ${ID}, 'acme', CASE WHEN n % 2 = 0 OR n = 1 THEN 'busy' ELSE 'others' END, 'catalog-api',
         CASE WHEN n % 2 = 0 THEN 'credential.leased' WHEN n % 4 = 1 THEN 'integration.updated' ELSE 'integration.enabled' END,
         'succeeded', '{}'
  FROM generate_series(1, $1::integer) AS n`;

const TURNS = `
  INSERT INTO health_transition (tenant_id, integration_id, at, from_status, to_status, reason_code, flapping)
  SELECT 'acme', ${ID}, now() - CASE WHEN n <= $2 THEN interval '401 days' ELSE interval '1 day' END, 'healthy', 'degraded',
         'ok', false
  FROM generate_series(1, $1::integer) AS n`;

const GAPS = `
  INSERT INTO health_gap (tenant_id, integration_id, kind, began_at, ended_at)
  SELECT 'acme', ${ID}, 'stale', at, at
  FROM generate_series(1, $1::integer) AS n,
       LATERAL (SELECT now() - CASE WHEN n <= $2 THEN interval '401 days' ELSE interval '1 day' END AS at) AS t`;
