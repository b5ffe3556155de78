import { DatabaseModule } from '@integrations/database';
import { headers as natsHeaders } from '@nats-io/transport-node';
import { eventually } from '../../support/eventually';
import { register, startCatalog, type TestCatalog, type TestClient } from '../catalog/support';

interface Tenant {
  readonly tenantId: string;
  readonly client: TestClient;
  readonly ids: readonly string[];
}

describe('two tenants of a catalog-api with a single database connection', () => {
  let catalog: TestCatalog;
  let acme: Tenant;
  let rival: Tenant;

  beforeAll(async () => {
    const forRoot = DatabaseModule.forRoot.bind(DatabaseModule);
    jest.spyOn(DatabaseModule, 'forRoot').mockImplementation((options) => forRoot({ ...options, poolSize: 1 }));
    catalog = await startCatalog();
    acme = await tenant('acme');
    rival = await tenant('rival');
    await eventually('the events to have their numbers', async () => {
      const [row] = await catalog.sql<{ n: number }>('SELECT count(*)::int AS n FROM outbox WHERE sequence IS NULL');
      return row!.n === 0 ? true : null;
    });
  });
  afterAll(async () => {
    await catalog.close();
    jest.restoreAllMocks();
  });

  const tenant = async (tenantId: string): Promise<Tenant> => {
    const client = await catalog.client({ tenantId, name: `token of ${tenantId}` });
    const ids = [];
    for (let n = 0; n < 3; n++) ids.push((await register(client, { name: `of ${tenantId} ${n}` })).id);
    return { tenantId, client, ids };
  };
  const rest = async ({ client }: Tenant, path: string) => {
    const { status, text } = await client.call('GET', path);
    return { status, text };
  };
  const rpc = async ({ tenantId }: Tenant, what: string, request: object) => {
    const headers = natsHeaders();
    headers.set('tenant', tenantId);
    const subject = `integrations.v1.rpc.catalog.${what}`;
    const text = (await catalog.nats.request(subject, JSON.stringify(request), { timeout: 60_000, headers })).string();
    return { status: (JSON.parse(text) as { success: boolean }).success ? 200 : 404, text };
  };
  const id = (of: Tenant, turn: number): string => of.ids[turn % of.ids.length] ?? '';

  /** Requests of a tenant, for its own data and, by id, for the other tenant's. */
  const ASKED: Readonly<
    Record<string, (who: Tenant, whose: Tenant, turn: number) => Promise<{ status: number; text: string }>>
  > = {
    'a registration over REST': (who, whose, turn) => rest(who, `integrations/${id(whose, turn)}`),
    'its events over REST': (who, whose, turn) => rest(who, `integrations/${id(whose, turn)}/events`),
    'its dependents over REST': (who, whose, turn) => rest(who, `integrations/${id(whose, turn)}/dependents`),
    'a registration over NATS': (who, whose, turn) => rpc(who, 'get', { integrationId: id(whose, turn) }),
  };
  const LISTS: Readonly<Record<string, (who: Tenant) => Promise<{ status: number; text: string }>>> = {
    'registrations over REST': (who) => rest(who, 'integrations'),
    'registrations by words over REST': (who) => rest(who, 'integrations?q=of'),
    'the audit trail over REST': (who) => rest(who, 'audit'),
    'registrations over NATS': (who) => rpc(who, 'list', {}),
  };

  it("each get their own data and none of the other's, in turn and concurrently", async () => {
    const asked = Object.entries({ ...ASKED, ...LISTS }).flatMap(([what, ask]) =>
      [0, 1, 2].flatMap((turn) => [
        async () => [what, 'acme', 'rival', await ask(acme, acme, turn)] as const,
        async () => [what, 'rival', 'acme', await ask(rival, rival, turn)] as const,
      ]),
    );
    for (const [what, own, other, { status, text }] of await Promise.all(asked.map((ask) => ask()))) {
      expect([what, status]).toEqual([what, 200]);
      if (what !== 'its dependents over REST') expect(text).toContain(own);
      expect(text).not.toContain(other);
    }
  });

  it.each(Object.entries(ASKED))('learn nothing about %s of the other tenant', async (_, ask) => {
    for (const [who, whose] of [
      [acme, rival],
      [rival, acme],
    ] as const) {
      const { status, text } = await ask(who, whose, 0);
      expect(status).toBe(404);
      expect(text).not.toContain(whose.tenantId);
    }
  });
});
