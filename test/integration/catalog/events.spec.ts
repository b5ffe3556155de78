import type { IntegrationView, Page } from '@integrations/contracts';
import { eventually } from '../../support/eventually';
import { expectProblem, register, startCatalog, type TestCatalog, type TestClient } from './support';

interface Event {
  readonly id: string;
  readonly event: string;
  readonly sequence: number;
  readonly generation: number;
  readonly at: string;
  readonly data: object;
}

describe('the events of an integration', () => {
  let catalog: TestCatalog;
  let admin: TestClient;
  let id: string;

  beforeAll(async () => {
    catalog = await startCatalog();
    admin = await catalog.client();
    ({ id } = await register<IntegrationView>(admin, { name: 'Told of' }));
    await admin.call('POST', `integrations/${id}/disable`);
    await admin.call('POST', `integrations/${id}/enable`);
    await catalog.sql(
      `INSERT INTO outbox (event_id, tenant_id, integration_id, type, provider, event, generation, data)
       VALUES (gen_random_uuid(), 'acme', $1, 'scm', 'in_memory', 'annotation_posted', 3, '{"owner": "octo"}')`,
      [id],
    );
    await numbered(id, 4);
  });
  afterAll(() => catalog.close());

  const list = (query = '', client = admin, of = id) =>
    client.call<Page<Event>>('GET', `integrations/${of}/events${query}`);
  const numbered = (of: string, count: number) =>
    eventually('the events to have their numbers', async () => {
      const [row] = await catalog.sql<{ n: number }>(
        'SELECT count(sequence)::int AS n FROM outbox WHERE integration_id = $1',
        [of],
      );
      return row!.n === count ? true : null;
    });

  it('have the trace context of the request that caused them', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const traced = await register<IntegrationView>(admin, { name: 'Traced' });
    await admin.call('POST', `integrations/${traced.id}/disable`, { headers: { traceparent } });
    expect(
      await catalog.sql('SELECT event, traceparent FROM outbox WHERE integration_id = $1 ORDER BY id', [traced.id]),
    ).toEqual([
      { event: 'registered', traceparent: null },
      { event: 'disabled', traceparent },
    ]);
  });

  it('are listed newest first, as they were published', async () => {
    const { status, body } = await list();
    expect([status, body.nextCursor]).toEqual([200, null]);
    expect(body.items.map(({ event, sequence }) => [sequence, event])).toEqual([
      [4, 'annotation_posted'],
      [3, 'enabled'],
      [2, 'disabled'],
      [1, 'registered'],
    ]);
    expect(body.items.at(-1)).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      event: 'registered',
      sequence: 1,
      generation: 1,
      at: expect.stringMatching(/Z$/),
      data: { name: 'Told of', endpointHost: 'local', enabled: true },
    });
  });

  it('are paged, each shown once, while new ones arrive', async () => {
    const busy = await register(admin);
    for (const action of ['disable', 'enable', 'disable'])
      await admin.call('POST', `integrations/${busy.id}/${action}`);
    await numbered(busy.id, 4);
    const first = (await list('?limit=2', admin, busy.id)).body;
    await admin.call('POST', `integrations/${busy.id}/enable`);
    await numbered(busy.id, 5);
    const second = (await list(`?limit=2&cursor=${first.nextCursor}`, admin, busy.id)).body;
    expect([...first.items, ...second.items].map(({ sequence }) => sequence)).toEqual([4, 3, 2, 1]);
    expect(second.nextCursor).toBeNull();
  });

  it('include annotation events only for callers with the scope to read annotations', async () => {
    const reader = await catalog.client({ scopes: ['integrations:read'] });
    const { items } = (await list('', reader)).body;
    expect(items.map(({ sequence }) => sequence)).toEqual([3, 2, 1]);
  });

  it('are still listed after the integration is deleted and purged', async () => {
    const gone = await register(admin);
    await admin.call('DELETE', `integrations/${gone.id}`, { headers: { 'if-match': '*' } });
    await admin.call('POST', `integrations/${gone.id}/purge`);
    await numbered(gone.id, 3);
    const { items } = (await list('', admin, gone.id)).body;
    expect(items.map(({ event }) => event)).toEqual(['purged', 'deleted', 'registered']);
  });

  it("are not found for another tenant's or an unknown integration", async () => {
    expectProblem(await list('', await catalog.client({ tenantId: 'rival' })), 404, 'not_found');
    expectProblem(await list('', admin, '01920000-0000-7000-8000-000000000001'), 404, 'not_found');
  });

  it('are an empty list once their retention has passed', async () => {
    const quiet = await register(admin);
    await numbered(quiet.id, 1);
    await catalog.sql('DELETE FROM outbox WHERE integration_id = $1', [quiet.id]);
    const { status, body } = await list('', admin, quiet.id);
    expect([status, body]).toEqual([200, { items: [], nextCursor: null }]);
  });

  it.each([
    ['limit', '?limit=0'],
    ['limit', '?limit=201'],
    ['cursor', '?cursor=x'],
    ['cursor', `?cursor=${Buffer.from('s1e3').toString('base64url')}`],
    ['event', '?event=updated'],
  ])('refuse an invalid %s: %s', async (field, query) => {
    expectProblem(await list(query), 400, 'invalid_request', field);
  });
});
