import { IntegrationRepository } from '@integrations/database';
import { asRole } from '../tenancy/support';
import { readMeanwhile } from './rows-read';
import { openDatabase, type TestDatabase } from './support';

describe('a search among many registrations', () => {
  let db: TestDatabase;
  let integrations: IntegrationRepository;

  beforeAll(async () => {
    db = await openDatabase();
    integrations = new IntegrationRepository(db.database);
    for (const tenant of ['acme', 'rival']) {
      await db.sql(
        `INSERT INTO integration (id, tenant_id, name, type, provider, endpoint, config, tags, enabled, interval_seconds, created_at)
         SELECT gen_random_uuid(), $1, 'build ' || n || CASE WHEN n % 1000 = 0 THEN ' needle' ELSE '' END, 'scm',
                'in_memory', 'memory://local', '{}', '{common}', false, 60, now() - n * interval '1 second'
         FROM generate_series(1, 3000) AS n`,
        [tenant],
      );
    }
    await db.sql(
      `UPDATE integration SET tenant_id = 'small' WHERE tenant_id = 'rival' AND name IN ('build 1', 'build 2')`,
    );
    // As autovacuum does: new entries of the GIN index wait in a pending list until then.
    await db.sql('VACUUM ANALYZE integration');
  });
  afterAll(() => db.close());

  const names = async (q: string) =>
    (await integrations.list('acme', { q }, { limit: 4 })).items.map(({ name, tenantId }) => `${tenantId}: ${name}`);

  it('finds rare and common words, newest first, in the tenant only', async () => {
    expect(await names('need')).toEqual(['1000', '2000', '3000'].map((n) => `acme: build ${n} needle`));
    expect(await names('buil')).toEqual(['1', '2', '3', '4'].map((n) => `acme: build ${n}`));
    expect(await names('nowhere')).toEqual([]);
  });

  it("uses the index for every caller, and returns rows of the caller's tenant only", async () => {
    const search = `
      SELECT count(*)::integer AS found, count(*) FILTER (WHERE i.tenant_id = 'acme')::integer AS own,
             pg_stat_get_xact_numscans('integration_words'::regclass)::integer AS "indexScans"
      FROM matching_integrations(to_tsquery('pg_catalog.simple', '''need'':*'), 1000) AS m(id)
      LEFT JOIN integration i ON i.id = m.id`;
    expect(await asRole(db, 'integrations_tenant', 'acme', search)).toEqual([{ found: 3, own: 3, indexScans: 1 }]);
    expect(await asRole(db, 'integrations_tenant', null, search)).toMatchObject([{ found: 0 }]);
    await expect(asRole(db, 'integrations_system', 'acme', search)).rejects.toThrow('permission denied for function');
  });

  it.each([
    ['words', { q: 'buil' }],
    ['a tag', { tag: 'common' }],
  ])('reads nothing of others for a small tenant, though a large one asked before: by %s', async (_by, filter) => {
    const rowsRead = async (asked: number) => {
      const { rows } = await readMeanwhile(db, 'integration', async (database) => {
        const another = new IntegrationRepository(database);
        // More executions than PostgreSQL plans individually.
        for (let n = 0; n < 10; n++) await another.list('acme', filter, { limit: 4 });
        for (let n = 0; n < asked; n++) await another.list('small', filter, { limit: 4 });
      });
      return rows;
    };
    expect((await rowsRead(10)) - (await rowsRead(0))).toBeLessThan(100);
  });
});
