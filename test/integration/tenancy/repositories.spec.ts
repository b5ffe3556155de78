import { Database } from '@integrations/database';
import { openDatabase, type TestDatabase } from '../database/support';
import { AUDIT_KEYS, type Belongings, KEY, populate, repositoriesOn, type Repositories, tokenHashOf } from './support';

type Read = (all: Repositories, tenantId: string, of: Belongings) => Promise<unknown>;

const PAGE = { limit: 50 };

/** Every method of a repository that reads for a tenant. */
const READS: Readonly<Record<string, Read>> = {
  'a registration': ({ integrations }, tenantId, of) => integrations.find(tenantId, of.integrationId),
  'a registration with its health': ({ integrations }, tenantId, of) =>
    integrations.findWithHealth(tenantId, of.integrationId),
  'a deleted registration': ({ integrations }, tenantId, of) => integrations.findDeleted(tenantId, of.deletedId),
  registrations: ({ integrations }, tenantId) => integrations.list(tenantId, {}, PAGE),
  'registrations by words and health': ({ integrations }, tenantId) =>
    integrations.list(tenantId, { q: 'same', health: 'healthy' }, PAGE),
  'deleted registrations': ({ integrations }, tenantId) => integrations.list(tenantId, { deleted: true }, PAGE),
  'enabled registrations': ({ integrations }, tenantId) => integrations.listEnabled(tenantId, 'scm', 10),
  health: async ({ health }, tenantId, of) => [...(await health.find(tenantId, [of.integrationId])).values()],
  dependents: ({ dependents }, tenantId, of) => dependents.list(tenantId, of.integrationId),
  'a dependent': ({ dependents }, tenantId, of) => dependents.find(tenantId, of.integrationId, 'scheduler'),
  'an operation': ({ operations }, tenantId, of) => operations.find(tenantId, of.operationId),
  'an operation by its key': ({ operations }, tenantId) => operations.findByKey(tenantId, KEY.key),
  operations: ({ operations }, tenantId) => operations.list(tenantId, {}, PAGE),
  events: ({ events }, tenantId, of) => events.list(tenantId, of.integrationId, { annotations: true }, PAGE),
  'a secret': ({ secrets }, tenantId) => secrets.get(tenantId, 'same/path'),
  secrets: ({ secrets }, tenantId) => secrets.listAfter(tenantId, null, 50),
  'audit entries': ({ audit }, tenantId) => audit.list(tenantId, {}, PAGE),
};

/** Reads whose results name no tenant. The tenant's own integration has a result; the other tenant's has none. */
const NAMELESS: Readonly<Record<string, Read>> = {
  'the time of its next probe': ({ schedule }, tenantId, of) => schedule.nextDue(tenantId, of.integrationId),
  'its status changes': ({ history }, tenantId, of) => history.transitions(rangeOf(tenantId, of)),
  'its health gaps': ({ history }, tenantId, of) => history.gaps(rangeOf(tenantId, of)),
  'its latency': ({ history }, tenantId, of) => history.latency(rangeOf(tenantId, of)),
  'whether evidence can change its health': ({ health }, tenantId, of) =>
    health.weigh(tenantId, of.integrationId, new Date(Date.now() + 60_000), false),
};

function rangeOf(tenantId: string, { integrationId }: Belongings) {
  return { tenantId, integrationId, since: new Date(0), limit: 10 };
}

describe('two tenants on one pooled connection', () => {
  let db: TestDatabase;
  let database: Database;
  let all: Repositories;
  let acme: Belongings;
  let rival: Belongings;

  beforeAll(async () => {
    db = await openDatabase();
    database = await Database.connect({ url: db.url, applicationName: 'one connection', poolSize: 1 });
    all = repositoriesOn(database);
    acme = await populate(database, 'acme');
    rival = await populate(database, 'rival');
    await db.sql('UPDATE outbox SET sequence = id');
  });
  afterAll(async () => {
    await database.close();
    await db.close();
  });

  const settingOf = async () => {
    const [row] = await database
      .ofAllTenants()
      .query(`SELECT current_setting('integrations.tenant', true) AS tenant, current_user AS role`);
    return row as { tenant: string | null; role: string };
  };
  const isEmpty = (found: unknown): boolean =>
    found === null || (Array.isArray(found) ? found.length === 0 : (found as { items?: [] }).items?.length === 0);

  it.each(Object.entries(READS))('each read only their own data: %s', async (_, read) => {
    for (let turn = 0; turn < 3; turn++) {
      for (const [own, other] of [
        [acme, rival],
        [rival, acme],
      ] as const) {
        const found = JSON.stringify(await read(all, own.tenantId, own));
        expect(found).toContain(own.tenantId);
        expect(found).not.toContain(other.tenantId);
      }
    }
  });

  it.each(Object.entries(READS))('cannot read the other’s data by its id: %s', async (_, read) => {
    const found = JSON.stringify(await read(all, acme.tenantId, rival));
    expect(found).not.toContain(rival.tenantId);
    expect(found).not.toContain(rival.integrationId);
  });

  it.each(Object.entries(READS))('read nothing if the tenant is missing: %s', async (_, read) => {
    await all.integrations.find('acme', acme.integrationId);
    const found = await read(all, undefined as never, acme).catch(() => null);
    expect(isEmpty(found)).toBe(true);
  });

  it.each(Object.entries(NAMELESS))('each learn only of their own integration: %s', async (_, read) => {
    for (const [own, other] of [
      [acme, rival],
      [rival, acme],
    ] as const) {
      expect(isEmpty(await read(all, own.tenantId, own))).toBe(false);
      expect(isEmpty(await read(all, own.tenantId, other))).toBe(true);
      expect(isEmpty(await read(all, undefined as never, own))).toBe(true);
    }
  });

  it('each read only their own data concurrently, with queries of the system in between', async () => {
    const tenants = [acme, rival];
    const work = Array.from({ length: 60 }, async (_, turn) => {
      const own = tenants[turn % 2]!;
      const [read] = [Object.values(READS)[turn % Object.keys(READS).length]!];
      if (turn % 5 === 0) await all.operations.outcomes([acme.operationId, rival.operationId]);
      const found = JSON.stringify(await read(all, own.tenantId, own));
      expect(found).not.toContain(tenants[(turn + 1) % 2]!.tenantId);
      expect(found).toContain(own.tenantId);
    });
    await Promise.all(work);
  });

  it('see no rows of the other even if a query does not filter by tenant', async () => {
    for (const tenantId of ['acme', 'rival', 'acme']) {
      for (const table of ['integration', 'annotation_operation', 'outbox', 'audit_entry', 'sealed_secret']) {
        const seen = await database.ofTenant(tenantId).query(`SELECT DISTINCT tenant_id FROM ${table}`);
        expect(seen).toEqual([{ tenant_id: tenantId }]);
      }
    }
    expect(await database.ofTenant('').query('SELECT tenant_id FROM integration')).toEqual([]);
    expect(await database.ofTenant(undefined as never).query('SELECT tenant_id FROM integration')).toEqual([]);
  });

  it('can share a transaction, in which each statement uses its own tenant', async () => {
    await database.transaction(async (tx) => {
      for (const own of [acme, rival, rival, acme]) {
        expect(await all.integrations.find(own.tenantId, own.integrationId, tx)).toMatchObject({
          tenantId: own.tenantId,
        });
        const seen = await database.ofTenant(own.tenantId, tx).query('SELECT DISTINCT tenant_id FROM integration');
        expect(seen).toEqual([{ tenant_id: own.tenantId }]);
        expect(await database.ofAllTenants(tx).query('SELECT DISTINCT tenant_id FROM outbox ORDER BY 1')).toEqual([
          { tenant_id: 'acme' },
          { tenant_id: 'rival' },
        ]);
      }
    });
  });

  it.each([
    ['a statement', () => all.integrations.find('acme', acme.integrationId)],
    ['a failed statement', () => all.integrations.insert({ ...acme, intervalSeconds: -1 } as never)],
    ['a statement with a syntax error', () => database.ofTenant('acme').query('SELEKT')],
    [
      'a parameter that cannot be encoded',
      () =>
        database.ofTenant('acme').query('SELECT $1::text', [
          {
            toPostgres: () => {
              throw new Error('no');
            },
          },
        ]),
    ],
    ['a transaction', () => database.transaction((tx) => all.integrations.find('acme', acme.integrationId, tx))],
    [
      'a rolled-back transaction',
      () =>
        database.transaction(async (tx) => {
          await all.integrations.find('acme', acme.integrationId, tx);
          throw new Error('no');
        }),
    ],
  ])('leave no tenant on the connection after %s', async (_, work) => {
    await Promise.resolve(work()).catch(() => undefined);
    expect((await settingOf()).tenant || null).toBeNull();
    expect(await all.integrations.find('rival', rival.integrationId)).not.toBeNull();
  });

  it("cannot change the other's rows", async () => {
    const changed = await all.integrations.update('acme', rival.integrationId, 1, { description: 'acme' });
    expect(changed).toBe('missing');
    expect(await all.integrations.softDelete('acme', rival.integrationId, 1)).toBe('missing');
    await all.schedule.remove('acme', rival.integrationId);
    await expect(all.schedule.put(rival.integrationId, 'acme', 60, new Date())).rejects.toThrow(/not one of tenant/);
    const writing = database.ofTenant('acme').query(`UPDATE outbox SET tenant_id = 'rival'`);
    await expect(writing).rejects.toThrow(/permission denied/);
    const moving = database.ofTenant('acme').query(`UPDATE integration SET tenant_id = 'rival'`);
    await expect(moving).rejects.toThrow(/row-level security/);
    expect(await db.sql(`SELECT 1 FROM probe_schedule WHERE tenant_id = 'rival'`)).toHaveLength(1);
  });

  it('are both found by queries that serve all tenants', async () => {
    expect(await all.audit.tenants()).toEqual(['acme', 'rival']);
    expect(await all.secrets.tenants()).toEqual(['acme', 'rival']);
    for (const tenantId of ['acme', 'rival']) {
      expect(await all.tokens.findByHash(tokenHashOf(tenantId))).toMatchObject({ tenantId });
      expect(await all.audit.verify(tenantId, undefined, AUDIT_KEYS)).toMatchObject({
        ok: true,
        digests: { checked: 1 },
      });
    }
    const demand = {
      wanted: [{ provider: 'in_memory', slow: false, limit: 9 }],
      hostLimit: 9,
      running: [],
      leaseMs: 60_000,
    };
    const { leases } = await all.schedule.claimDue(demand);
    expect(leases.map(({ integration }) => integration?.tenantId).sort()).toEqual(['acme', 'rival']);
    expect((await settingOf()).role).toBe('integrations_system');
  });
});
