import { type IntegrationFilter, IntegrationRepository } from '@integrations/database';
import { eventually } from '../../support/eventually';
import { openDatabase, type TestDatabase } from './support';

const ROWS = 20_000;
/** What a page of a rare thing may read, where reading all would be tens of thousands. */
const FEW = 200;
const PAGE = { limit: 50 };

describe('what is rare in a large table', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await openDatabase();
    await db.sql(REGISTRATIONS, [ROWS]);
    await db.sql('VACUUM (ANALYZE) integration');
  });
  afterAll(() => db.close());

  /** How many rows of the table were read meanwhile. A session tells of that for certain when it ends. */
  const read = async (table: string, work: (database: TestDatabase['database']) => Promise<unknown>) => {
    const before = await rowsRead(table);
    const database = await db.another();
    const answer = await work(database);
    await database.close();
    await eventually('the end of the session', async () => (await sessions()) === 1);
    return { rows: (await rowsRead(table)) - before, answer };
  };
  const rowsRead = async (table: string) => {
    const [found] = await db.sql<{ rows: string }>(
      'SELECT seq_tup_read + idx_tup_fetch AS rows FROM pg_stat_user_tables WHERE relname = $1',
      [table],
    );
    return Number(found?.rows);
  };
  const sessions = async () => {
    const open = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'test'`;
    return (await db.sql(open)).length;
  };

  it.each<[string, IntegrationFilter, number]>([
    ['a type', { type: 'ci' }, 10],
    ['a provider', { provider: 'jenkins' }, 10],
    ['a provider that nobody uses', { provider: 'nomad' }, 0],
    ['what is disabled', { enabled: false }, 20],
    ['a tag', { tag: 'legacy' }, 15],
    ['a tag that nobody has', { tag: 'none' }, 0],
    ['a type and a word that all have', { type: 'ci', q: 'registration' }, 10],
  ])('is listed without reading all registrations: %s', async (_what, filter, items) => {
    const { rows, answer } = await read('integration', (database) =>
      new IntegrationRepository(database).list('acme', filter, PAGE).then((page) => page.items.length),
    );
    expect(answer).toBe(items);
    // Of a word that all have, so many are looked for first.
    expect(rows).toBeLessThan(filter.q === undefined ? FEW : 1_000 + FEW);
  });

  it.each([
    ['by the host of its endpoint', { hosts: ['host-7.example.com'], providers: [] }, 1],
    ['by its provider', { hosts: [], providers: ['harbor', 'quay'] }, 25],
    ['by either', { hosts: ['host-7.example.com', 'host-8.example.com'], providers: ['harbor'] }, 27],
    ['and may not be there', { hosts: ['nowhere.example.com'], providers: ['quay'] }, 0],
  ])('is found among what could serve an image: %s', async (_what, at, found) => {
    const { rows, answer } = await read('integration', (database) =>
      new IntegrationRepository(database).listEnabledAt('acme', 'registry', at).then(({ length }) => length),
    );
    expect(answer).toBe(found);
    expect(rows).toBeLessThan(FEW);
  });

  it('is not needed to see that one of many registrations could be meant', async () => {
    const { rows, answer } = await read('integration', (database) =>
      new IntegrationRepository(database).listEnabled('acme', 'registry', 3).then(({ length }) => length),
    );
    expect(answer).toBe(3);
    expect(rows).toBeLessThan(FEW);
  });
});

const ID = `('01920000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid`;

/** The rare ones are the oldest. */
const REGISTRATIONS = `
  INSERT INTO integration (id, tenant_id, name, type, provider, endpoint, config, tags, enabled, interval_seconds, created_at)
  SELECT ${ID}, 'acme', 'registration ' || n, CASE WHEN n <= 10 THEN 'ci' ELSE 'registry' END,
         CASE WHEN n <= 10 THEN 'jenkins' WHEN n <= 35 THEN 'harbor' ELSE 'oci' END,
         'https://' || CASE WHEN n > 100 THEN 'host-' || (n - 100) || '.example.com' ELSE 'old-' || n || '.example.com' END,
         '{}', CASE WHEN n <= 15 THEN '{legacy}'::text[] ELSE '{common}' END, n <= 40 OR n > 60, 60,
         now() - interval '1 year' + n * interval '1 second'
  FROM generate_series(1, $1::integer) AS n`;
