import { openDatabase, type TestDatabase } from '../database/support';
import { asRole, OF_THE_SYSTEM, populate } from './support';

const ROLES = `('integrations_tenant', 'integrations_system')`;
const OF_TENANT = `(tenant_id = current_setting('integrations.tenant'::text, true))`;

interface Table {
  readonly name: string;
  readonly secured: boolean;
  readonly isPartition: boolean;
  /** Whether either role has a right on the table or any of its columns. */
  readonly granted: boolean;
}

describe('row-level security', () => {
  let db: TestDatabase;
  let tables: readonly Table[];

  beforeAll(async () => {
    db = await openDatabase();
    await populate(db.database, 'acme');
    await populate(db.database, 'rival');
    await db.sql(OF_THE_SYSTEM);
    tables = await db.sql<Table>(
      `SELECT c.relname AS name, c.relrowsecurity AS secured, c.relispartition AS "isPartition",
              bool_or(has_any_column_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE')
                      OR has_table_privilege(r.oid, c.oid, 'DELETE, TRUNCATE')) AS granted
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, pg_roles r
       WHERE a.attname = 'tenant_id' AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm')
         AND c.relnamespace = current_schema()::regnamespace AND r.rolname IN ${ROLES}
       GROUP BY c.oid ORDER BY c.relname`,
    );
  });
  afterAll(() => db.close());

  const guarded = () => tables.filter(({ isPartition }) => !isPartition).map(({ name }) => name);

  it('is on for every table with a tenant, and partitions can only be reached through their table', () => {
    expect(tables.length).toBeGreaterThan(12);
    for (const { name, secured, isPartition, granted } of tables) {
      expect({ name, secured: secured || (isPartition && !granted) }).toEqual({ name, secured: true });
    }
  });

  it('has one policy per table for tenants, and at most one other, for the system', async () => {
    const policies = await db.sql<{ tablename: string; policyname: string }>(
      `SELECT tablename, policyname, permissive, roles::text[], cmd, qual, with_check FROM pg_policies
       WHERE schemaname = current_schema() ORDER BY 1, 2`,
    );
    const always = { permissive: 'PERMISSIVE', cmd: 'ALL' };
    for (const name of guarded()) {
      const [ofTenant] = policies.filter(
        ({ tablename, policyname }) => tablename === name && policyname === 'of_tenant',
      );
      expect(ofTenant).toEqual({
        ...always,
        tablename: name,
        policyname: 'of_tenant',
        roles: ['integrations_tenant'],
        qual: OF_TENANT,
        with_check: OF_TENANT,
      });
    }
    for (const other of policies.filter(({ policyname }) => policyname !== 'of_tenant')) {
      expect(other).toMatchObject({ ...always, policyname: 'of_all_tenants', roles: ['integrations_system'] });
    }
  });

  it('hides every row while no tenant is set, whatever tenant the session had before', async () => {
    for (const name of guarded()) {
      expect([name, await asRole(db, 'integrations_tenant', null, `SELECT tenant_id FROM ${name}`)]).toEqual([
        name,
        [],
      ]);
      expect([name, await asRole(db, 'integrations_tenant', '', `SELECT tenant_id FROM ${name}`)]).toEqual([name, []]);
    }
  });

  it('shows a tenant its own rows of each table and no others', async () => {
    for (const name of guarded()) {
      const seen = await asRole(db, 'integrations_tenant', 'acme', `SELECT DISTINCT tenant_id FROM ${name}`);
      expect([name, seen]).toEqual([name, [{ tenant_id: 'acme' }]]);
    }
  });

  it('refuses rows of another tenant, whether inserted or updated', async () => {
    const columns = await db.sql<{ name: string; columns: string[]; inserts: boolean; updates: boolean }>(
      `SELECT c.relname AS name, array_agg(quote_ident(a.attname)) AS columns,
              has_table_privilege('integrations_tenant', c.oid, 'INSERT') AS inserts,
              has_column_privilege('integrations_tenant', c.oid, 'tenant_id', 'UPDATE') AS updates
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
       WHERE c.relname = ANY ($1) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
       GROUP BY c.oid`,
      [guarded()],
    );
    const refused = async (sql: string): Promise<unknown> =>
      asRole(db, 'integrations_tenant', 'acme', sql).catch((error: Error) => error.message);
    const violates = (table: string) => `new row violates row-level security policy for table "${table}"`;

    for (const { name, columns: all, inserts, updates } of columns) {
      const values = all.map((column) => (column === 'tenant_id' ? `'rival'` : column)).join(', ');
      const insert = `INSERT INTO ${name} (${all.join(', ')}) OVERRIDING SYSTEM VALUE SELECT ${values} FROM ${name}`;
      if (inserts) expect(await refused(insert)).toBe(violates(name));
      if (updates) expect(await refused(`UPDATE ${name} SET tenant_id = 'rival'`)).toBe(violates(name));
    }
    expect(columns.filter(({ inserts }) => inserts).length).toBeGreaterThan(6);
  });

  it('applies to roles that own nothing, bypass nothing and are members of nothing else', async () => {
    expect(
      await db.sql(
        `SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin
         FROM pg_roles WHERE rolname IN ${ROLES}`,
      ),
    ).toEqual(
      Array.from({ length: 2 }, () => ({
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolreplication: false,
        rolcanlogin: false,
      })),
    );
    const owned = `
      SELECT relname AS name FROM pg_class WHERE pg_get_userbyid(relowner) IN ${ROLES}
      UNION ALL SELECT proname FROM pg_proc WHERE pg_get_userbyid(proowner) IN ${ROLES}
      UNION ALL SELECT roleid::regrole::text FROM pg_auth_members WHERE pg_get_userbyid(member) IN ${ROLES}`;
    expect(await db.sql(owned)).toEqual([{ name: 'pg_read_all_stats' }]);
    for (const role of ['integrations_tenant', 'integrations_system'] as const) {
      await expect(asRole(db, role, 'acme', 'CREATE TABLE mine (id integer)')).rejects.toThrow(/permission denied/);
      await expect(asRole(db, role, 'acme', 'ALTER TABLE integration DISABLE ROW LEVEL SECURITY')).rejects.toThrow(
        /must be owner/,
      );
    }
  });

  it('lets both roles only add entries to the audit trail', async () => {
    for (const role of ['integrations_tenant', 'integrations_system'] as const) {
      for (const table of ['audit_entry', 'audit_head', 'audit_digest']) {
        for (const change of [
          `DELETE FROM ${table}`,
          `TRUNCATE ${table}`,
          `UPDATE ${table} SET tenant_id = tenant_id`,
        ]) {
          await expect(asRole(db, role, 'acme', change)).rejects.toThrow(`permission denied for table ${table}`);
        }
      }
      await expect(asRole(db, role, 'acme', `INSERT INTO audit_head SELECT * FROM audit_head`)).rejects.toThrow(
        'permission denied for table audit_head',
      );
    }
  });

  it.each([
    'SELECT ciphertext FROM sealed_secret',
    'SELECT wrapped_key FROM sealed_secret',
    'SELECT detail FROM audit_entry',
    'SELECT hash FROM audit_head',
    'SELECT signature FROM audit_digest',
    'SELECT response FROM idempotency_key',
    `UPDATE integration SET enabled = false`,
    `UPDATE outbox SET data = '{}'`,
    `INSERT INTO api_token SELECT * FROM api_token`,
  ])('denies the system role what it does not need: %s', async (sql) => {
    await expect(asRole(db, 'integrations_system', null, sql)).rejects.toThrow(/permission denied for table/);
  });
});
