import type { OperationResult } from '@integrations/contracts';
import { headers as natsHeaders } from '@nats-io/transport-node';
import { register, startCatalog, type TestCatalog, type TestClient } from './support';

describe('the catalog over NATS', () => {
  let catalog: TestCatalog;
  let acme: TestClient;
  let id: string;

  beforeAll(async () => {
    catalog = await startCatalog();
    acme = await catalog.client({ tenantId: 'acme' });
    ({ id } = await register(acme, { tags: ['prod'] }));
    await register(await catalog.client({ tenantId: 'rival' }));
    await register(await catalog.client({ tenantId: 'default' }), { name: 'of the default tenant' });
  });
  afterAll(() => catalog.close());

  const ask = async (what: 'get' | 'list', body: string, tenant?: string) => {
    const headers = natsHeaders();
    if (tenant) headers.set('tenant', tenant);
    const reply = await catalog.nats.request(`integrations.v1.rpc.catalog.${what}`, body, { timeout: 60_000, headers });
    return reply.json<OperationResult<{ items: { id: string; name: string }[]; id: string }>>();
  };

  it('answers get as REST does', async () => {
    const reply = await ask('get', JSON.stringify({ integrationId: id }), 'acme');
    expect(reply).toMatchObject({ success: true, errorCode: null, errorMessage: null, details: [] });
    expect(reply.result).toEqual((await acme.call('GET', `integrations/${id}`)).body);
  });

  it('finds no integration of another tenant with get', async () => {
    for (const tenant of ['rival', undefined]) {
      const reply = await ask('get', JSON.stringify({ integrationId: id }), tenant);
      expect(reply).toMatchObject({ success: false, result: null, errorCode: 'not_found' });
    }
  });

  it("answers list with the tenant's integrations, filtered and paged", async () => {
    await register(acme, { tags: ['prod'] });
    const first = await ask('list', '{"tag": "prod", "limit": 1}', 'acme');
    const cursor = (first.result as unknown as { nextCursor: string }).nextCursor;
    const second = await ask('list', JSON.stringify({ tag: 'prod', limit: 1, cursor }), 'acme');
    expect(second.result).toMatchObject({ items: [{ id }], nextCursor: null });
    expect((await ask('list', '{}')).result?.items.map(({ name }) => name)).toEqual(['of the default tenant']);
  });

  it.each([
    ['get', '{}', 'integrationId'],
    ['get', '{"integrationId": "seven"}', 'integrationId'],
    ['get', '{"integrationId": 7}', 'integrationId'],
    ['get', '{"integrationId": "01920000-0000-7000-8000-000000000001", "x": 1}', 'x'],
    ['get', '{"__proto__": {"integrationId": "01920000-0000-7000-8000-000000000001"}}', '__proto__'],
    ['list', '{"limit": "10"}', 'limit'],
    ['list', '{"limit": 201}', 'limit'],
    ['list', '{"cursor": "nonsense"}', 'cursor'],
    ['list', '{"colour": "red"}', 'colour'],
    ['list', '[]', ''],
    ['list', '', ''],
    ['list', '{"limit":', ''],
  ] as const)('refuses %s with %s, naming the field "%s"', async (what, body, field) => {
    const reply = await ask(what, body, 'acme');
    expect(reply).toMatchObject({ success: false, result: null, errorCode: 'invalid_request', isTransient: false });
    expect(reply.details.map((detail) => detail.field)).toContain(field);
  });

  it('refuses an invalid tenant header', async () => {
    const reply = await ask('list', '{}', 'a.b');
    expect(reply).toMatchObject({ errorCode: 'invalid_request', details: [{ field: 'headers.tenant' }] });
  });

  it('survives a failing database, and reveals nothing about it', async () => {
    await catalog.sql('ALTER TABLE integration RENAME TO integration_gone');
    try {
      const reply = await ask('list', '{}', 'acme');
      expect(reply).toMatchObject({ success: false, errorCode: 'internal', isTransient: true });
      expect(JSON.stringify(reply)).not.toMatch(/relation|integration_gone|SELECT/);
    } finally {
      await catalog.sql('ALTER TABLE integration_gone RENAME TO integration');
    }
    expect((await ask('list', '{}', 'acme')).success).toBe(true);
  });
});
