import type { IntegrationView, Page } from '@integrations/contracts';
import { IntegrationRepository } from '@integrations/database';
import { eventually } from '../../support/eventually';
import { expectProblem, register, startCatalog, type TestCatalog, type TestClient } from './support';

describe('a deleted integration', () => {
  let catalog: TestCatalog;
  let admin: TestClient;

  beforeAll(async () => {
    catalog = await startCatalog();
    admin = await catalog.client();
  });
  afterAll(() => catalog.close());

  const deleted = async (overrides: object = {}, client = admin) => {
    const made = await register<IntegrationView>(client, overrides);
    await client.call('DELETE', `integrations/${made.id}`, { headers: { 'if-match': '*' } });
    return made;
  };
  const act = (id: string, action: 'restore' | 'purge', headers = {}, client = admin) =>
    client.call<IntegrationView>('POST', `integrations/${id}/${action}`, { headers });
  const events = (id: string) =>
    catalog.sql<{ event: string; generation: number; data: object }>(
      'SELECT event, generation, data FROM outbox WHERE integration_id = $1 ORDER BY id',
      [id],
    );
  const audit = async (id: string) => {
    const entries = await catalog.sql<{ action: string }>(
      'SELECT action FROM audit_entry WHERE integration_id = $1 ORDER BY position',
      [id],
    );
    return entries.map(({ action }) => action);
  };
  const counted = async (table: string, id: string) => {
    const column = table === 'integration' ? 'id' : 'integration_id';
    const [row] = await catalog.sql<{ n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE ${column} = $1`, [
      id,
    ]);
    return row!.n;
  };
  const insertHealth = (id: string) =>
    catalog.sql(
      `INSERT INTO integration_health (integration_id, tenant_id, status, code, message, since, checked_at, latency_ms,
         failures, successes, settled, interval_seconds, verdict)
       VALUES ($1, 'acme', 'healthy', 'ok', 'answers', now(), now(), 7, 0, 1, 'healthy', 60, '{}')`,
      [id],
    );

  describe('listed with ?deleted=true', () => {
    const list = async (query: string, client: TestClient) =>
      (await client.call<Page<IntegrationView>>('GET', `integrations${query}`)).body;

    it('appears without live ones, with the time of deletion, page by page and with the other filters', async () => {
      const client = await catalog.client({ tenantId: 'listing' });
      await register(client, { name: 'live' });
      for (const name of ['a', 'b', 'c']) await deleted({ name, tags: [name] }, client);
      const first = await list('?deleted=true&limit=2', client);
      expect(first.items.map(({ name, deletedAt }) => [name, deletedAt])).toEqual([
        ['c', expect.stringMatching(/Z$/)],
        ['b', expect.stringMatching(/Z$/)],
      ]);
      const second = await list(`?deleted=true&limit=2&cursor=${first.nextCursor}`, client);
      expect([second.items.map(({ name }) => name), second.nextCursor]).toEqual([['a'], null]);
      expect((await list('?deleted=true&tag=b', client)).items.map(({ name }) => name)).toEqual(['b']);
      const live = await list('?deleted=false', client);
      expect(live.items.map(({ name }) => name)).toEqual(['live']);
      expect(live.items[0]).not.toHaveProperty('deletedAt');
    });

    it('is not shown to another tenant', async () => {
      await deleted();
      expect((await list('?deleted=true', await catalog.client({ tenantId: 'rival' }))).items).toEqual([]);
    });
  });

  describe('read with ?deleted=true', () => {
    const read = (id: string, query = '?deleted=true', client = admin) =>
      client.call<IntegrationView>('GET', `integrations/${id}${query}`);

    it('shows its last state with its ETag, and is not found without the parameter', async () => {
      const made = await deleted({ tags: ['last'] });
      const { status, body, headers } = await read(made.id);
      expect([status, body.id, body.tags, body.deletedAt]).toEqual([200, made.id, ['last'], expect.any(String)]);
      expect(headers.get('etag')).toBe(`"g${body.generation}"`);
      expectProblem(await read(made.id, ''), 404, 'not_found');
    });

    it('is not found if it is live or belongs to another tenant', async () => {
      expectProblem(await read((await register(admin)).id), 404, 'not_found');
      const rival = await catalog.client({ tenantId: 'rival' });
      expectProblem(await read((await deleted()).id, '?deleted=true', rival), 404, 'not_found');
    });
  });

  describe('when restored', () => {
    it('is as it was, with its health, a new ETag and an immediate probe', async () => {
      const made = await register<IntegrationView>(admin, { tags: ['a'], description: 'kept' });
      await insertHealth(made.id);
      await admin.call('DELETE', `integrations/${made.id}`, { headers: { 'if-match': '*' } });
      const restored = await act(made.id, 'restore');
      expect([restored.status, restored.headers.get('etag')]).toEqual([200, '"g3"']);
      const { updatedAt, health } = restored.body;
      expect(restored.body).toEqual({ ...made, generation: 3, updatedAt, health });
      expect(health.status).toBe('healthy');
      expect((await admin.call('GET', `integrations/${made.id}`)).body).toEqual(restored.body);
      const [due] = await catalog.sql<{ due: boolean }>(
        'SELECT due_at <= now() AS due FROM probe_schedule JOIN probe_target ON key = target WHERE integration_id = $1',
        [made.id],
      );
      expect(due).toEqual({ due: true });
    });

    it('is published as an event and recorded in the audit trail', async () => {
      const { id, name } = await deleted();
      await act(id, 'restore');
      const data = { name, endpointHost: 'local', enabled: true };
      expect((await events(id)).at(-1)).toEqual({ event: 'restored', generation: 3, data });
      expect(await audit(id)).toEqual(['integration.registered', 'integration.deleted', 'integration.restored']);
    });

    it('stays disabled if it was', async () => {
      const { id } = await deleted({ enabled: false });
      expect((await act(id, 'restore')).body.enabled).toBe(false);
      expect(await counted('probe_schedule', id)).toBe(0);
    });

    it('needs a free name: otherwise 409 names the field and nothing is written', async () => {
      const { id, name } = await deleted({ name: 'Wanted Twice' });
      await register(admin, { name: name.toLowerCase() });
      const before = await catalog.counts();
      expectProblem(await act(id, 'restore'), 409, 'conflict', 'name');
      expect(await catalog.counts()).toEqual(before);
    });

    it('is restored only once, however often that is requested', async () => {
      const { id } = await deleted();
      const answers = await Promise.all([1, 2, 3, 4].map(() => act(id, 'restore')));
      expect(answers.map(({ status, body }) => [status, body.generation])).toEqual([1, 2, 3, 4].map(() => [200, 3]));
      expect((await events(id)).map(({ event }) => event)).toEqual(['registered', 'deleted', 'restored']);
    });

    it('checks If-Match against the generation after deletion', async () => {
      const { id } = await deleted();
      expectProblem(await act(id, 'restore', { 'if-match': '"g1"' }), 412, 'precondition_failed');
      expect((await act(id, 'restore', { 'if-match': '"g2"' })).status).toBe(200);
    });
  });

  describe('when purged', () => {
    it('is gone with all that belongs to it, except its events and audit trail', async () => {
      const { id } = await register(admin);
      await insertHealth(id);
      await admin.call('DELETE', `integrations/${id}`, { headers: { 'if-match': '*' } });
      const purged = await act(id, 'purge');
      expect([purged.status, purged.text]).toEqual([204, '']);
      for (const table of ['integration', 'integration_health', 'probe_schedule']) {
        expect([table, await counted(table, id)]).toEqual([table, 0]);
      }
      expect((await events(id)).at(-1)).toEqual({ event: 'purged', generation: 2, data: {} });
      expect(await audit(id)).toEqual(['integration.registered', 'integration.deleted', 'integration.purged']);
      for (const action of ['restore', 'purge'] as const) expectProblem(await act(id, action), 404, 'not_found');
    });

    it('must have been deleted first', async () => {
      const { id } = await register(admin);
      const before = await catalog.counts();
      expectProblem(await act(id, 'purge'), 409, 'conflict');
      expect(await catalog.counts()).toEqual(before);
    });

    it('concurrently with a restore, is either purged or restored, never both', async () => {
      for (let round = 0; round < 5; round++) {
        const { id } = await deleted();
        const [restored, purged] = await Promise.all([act(id, 'restore'), act(id, 'purge')]);
        const both = [restored.status, purged.status];
        expect([
          [200, 409],
          [404, 204],
        ]).toContainEqual(both);
        expect(await counted('integration', id)).toBe(restored.status === 200 ? 1 : 0);
      }
    });

    it('is answered 503 when PostgreSQL aborted the purge to end a deadlock, and a second request succeeds', async () => {
      const { id } = await deleted();
      await catalog.sql(`INSERT INTO integration_dependent VALUES ($1, 'acme', 'scheduler', NULL)`, [id]);
      await catalog.sql('BEGIN');
      await catalog.sql(`SET LOCAL deadlock_timeout = '1min'`); // the session that checks for the deadlock first is cancelled
      await catalog.sql('SELECT FROM integration_dependent WHERE integration_id = $1 FOR UPDATE', [id]);
      const purging = act(id, 'purge');
      await eventually('the purge to wait', async () => {
        const waiting = await catalog.sql('SELECT FROM pg_locks WHERE NOT granted');
        return waiting.length > 0;
      });
      await catalog.sql('SELECT FROM integration WHERE id = $1 FOR UPDATE', [id]);
      await catalog.sql('ROLLBACK');

      const givenUp = await purging;
      expectProblem(givenUp, 503, 'provider_unavailable');
      expect(givenUp.headers.get('retry-after')).toBe('5');
      expect(givenUp.body).toMatchObject({ detail: 'the database is busy; try again' });
      expect((await act(id, 'purge')).status).toBe(204);
    });

    it('checks If-Match', async () => {
      const { id } = await deleted();
      expectProblem(await act(id, 'purge', { 'if-match': '"g1"' }), 412, 'precondition_failed');
    });

    it('checks If-Match even if it was restored meanwhile', async () => {
      const { id } = await deleted();
      expect((await act(id, 'restore')).status).toBe(200);
      expectProblem(await act(id, 'purge', { 'if-match': '"g2"' }), 412, 'precondition_failed');
      expectProblem(await act(id, 'purge', { 'if-match': '"g3"' }), 409, 'conflict');
    });
  });

  it.each([
    ['restore', 200],
    ['purge', 204],
  ])('is found by a %s that looked it up just before it was deleted', async (action, status) => {
    const { id } = await register(admin);
    const find = IntegrationRepository.prototype.find;
    jest.spyOn(IntegrationRepository.prototype, 'find').mockImplementationOnce(async function (
      this: IntegrationRepository,
      ...place
    ) {
      await admin.call('DELETE', `integrations/${id}`, { headers: { 'if-match': '*' } });
      return find.apply(this, place);
    });
    expect((await admin.call('POST', `integrations/${id}/${action}`)).status).toBe(status);
    jest.restoreAllMocks();
  });

  it('cannot be restored or purged by another tenant, nor with a read-only token', async () => {
    const { id } = await deleted();
    const rival = await catalog.client({ tenantId: 'rival' });
    const reader = await catalog.client({ scopes: ['integrations:read'] });
    for (const action of ['restore', 'purge'] as const) {
      expectProblem(await act(id, action, {}, rival), 404, 'not_found');
      expectProblem(await act(id, action, {}, reader), 403, 'forbidden');
    }
    expect(await counted('integration', id)).toBe(1);
  });
});
