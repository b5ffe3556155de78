import type { DependentView, IntegrationView } from '@integrations/contracts';
import { expectProblem, register, startCatalog, type TestCatalog, type TestClient } from './support';

describe('dependents', () => {
  let catalog: TestCatalog;
  let admin: TestClient;
  let id: string;

  beforeAll(async () => {
    catalog = await startCatalog();
    admin = await catalog.client({ name: 'admin' });
  });
  beforeEach(async () => {
    ({ id } = await register(admin));
  });
  afterAll(() => catalog.close());

  const put = (consumer: string, body?: unknown, client = admin) =>
    client.call<DependentView>('PUT', `integrations/${id}/dependents/${consumer}`, { body });
  const list = (client = admin) => client.call<{ items: DependentView[] }>('GET', `integrations/${id}/dependents`);
  const removeDependent = (consumer: string, client = admin) =>
    client.call('DELETE', `integrations/${id}/dependents/${consumer}`);
  const remove = (query = '') => admin.call('DELETE', `integrations/${id}${query}`, { headers: { 'if-match': '*' } });
  const audit = () =>
    catalog.sql<{ action: string; detail: object }>(
      'SELECT action, detail FROM audit_entry WHERE integration_id = $1 ORDER BY position OFFSET 1',
      [id],
    );

  it('are none for a new integration', async () => {
    expect([(await list()).status, (await list()).body]).toEqual([200, { items: [] }]);
  });

  it('are listed by name, with their notes', async () => {
    const signals = await put('signals', { note: 'webhooks' });
    const scheduler = await put('scheduler');
    expect([signals.status, scheduler.status]).toEqual([200, 200]);
    const time = expect.stringMatching(/Z$/);
    expect(signals.body).toEqual({ consumer: 'signals', note: 'webhooks', createdAt: time, updatedAt: time });
    expect((await list()).body).toEqual({ items: [scheduler.body, signals.body] });
  });

  it('can be put repeatedly: the note may change, and only changes are audited', async () => {
    await put('scheduler', { note: 'a' });
    await put('scheduler', { note: 'a' });
    const changed = await put('scheduler', { note: 'b' });
    expect((await list()).body).toEqual({ items: [changed.body] });
    expect((await put('scheduler', {})).body.note).toBeNull();
    const detail = { consumer: 'scheduler' };
    expect(await audit()).toEqual([
      { action: 'integration.dependent_added', detail },
      { action: 'integration.dependent_changed', detail },
      { action: 'integration.dependent_changed', detail },
    ]);
  });

  it('can be removed, once', async () => {
    await put('scheduler');
    expect((await removeDependent('scheduler')).status).toBe(204);
    expectProblem(await removeDependent('scheduler'), 404, 'not_found');
    expect((await list()).body).toEqual({ items: [] });
    expect((await audit()).map(({ action }) => action)).toEqual([
      'integration.dependent_added',
      'integration.dependent_removed',
    ]);
  });

  it('change neither the generation nor the events of the integration', async () => {
    const before = await catalog.counts();
    await put('scheduler');
    expect((await admin.call<IntegrationView>('GET', `integrations/${id}`)).body.generation).toBe(1);
    expect((await catalog.counts())['outbox']).toBe(before['outbox']);
  });

  describe('prevent the deletion of an integration', () => {
    it('with 409 and a list of them, and nothing is written', async () => {
      await put('scheduler', { note: 'nightly scans' });
      await put('signals');
      const before = await catalog.counts();
      const refused = await remove();
      expectProblem(refused, 409, 'conflict');
      expect(refused.body['details']).toEqual([
        { field: 'dependents.scheduler', message: 'nightly scans' },
        { field: 'dependents.signals', message: 'depends on the integration' },
      ]);
      expectProblem(await remove('?force=false'), 409, 'conflict');
      expect(await catalog.counts()).toEqual(before);
      expect((await admin.call('GET', `integrations/${id}`)).status).toBe(200);
    });

    it('until the last one has been removed', async () => {
      await put('scheduler');
      await removeDependent('scheduler');
      expect((await remove()).status).toBe(204);
    });

    it('unless it is forced, which the audit trail records', async () => {
      await put('scheduler');
      await put('signals');
      expect((await remove('?force=true')).status).toBe(204);
      const detail = { generation: 2, forced: ['scheduler', 'signals'] };
      expect((await audit()).at(-1)).toEqual({ action: 'integration.deleted', detail });
    });

    it('even when a dependent is added at the same moment: only one of both requests succeeds', async () => {
      for (let round = 0; round < 10; round++) {
        ({ id } = await register(admin));
        const [relying, deleting] = await Promise.all([put('scheduler'), remove()]);
        expect([
          [200, 409],
          [404, 204],
        ]).toContainEqual([relying.status, deleting.status]);
      }
    });
  });

  it('are back when the integration is restored, and gone when it is purged', async () => {
    await put('scheduler');
    await remove('?force=true');
    expectProblem(await list(), 404, 'not_found');
    expectProblem(await put('signals'), 404, 'not_found');
    expectProblem(await removeDependent('scheduler'), 404, 'not_found');
    await admin.call('POST', `integrations/${id}/restore`);
    expect((await list()).body.items).toMatchObject([{ consumer: 'scheduler' }]);
    await remove('?force=true');
    expect((await admin.call('POST', `integrations/${id}/purge`)).status).toBe(204);
    expect(await catalog.sql('SELECT 1 FROM integration_dependent WHERE integration_id = $1', [id])).toEqual([]);
  });

  it('are visible to one tenant, and need the write scope to be changed', async () => {
    await put('scheduler');
    const rival = await catalog.client({ tenantId: 'rival' });
    const reader = await catalog.client({ scopes: ['integrations:read'] });
    for (const answer of [
      await list(rival),
      await put('signals', {}, rival),
      await removeDependent('scheduler', rival),
    ]) {
      expectProblem(answer, 404, 'not_found');
    }
    expect((await list(reader)).status).toBe(200);
    expectProblem(await put('signals', {}, reader), 403, 'forbidden');
    expectProblem(await removeDependent('scheduler', reader), 403, 'forbidden');
  });

  it.each(['Scheduler', 'a%20b', '-a', '.', 'a'.repeat(64), '%00', 'ä'])(
    'cannot have a name such as %j',
    async (consumer) => {
      const answer = await put(encodeURI(decodeURIComponent(consumer)));
      expect([400, 404, 405]).toContain(answer.status);
      if (answer.status === 400) expectProblem(answer, 400, 'invalid_request', 'consumer');
      expect((await list()).body.items).toEqual([]);
    },
  );

  it.each([
    ['note', { note: 7 }],
    ['note', { note: 'n'.repeat(501) }],
    ['note', { note: 'a\u0000b' }],
    ['note', { note: `ghp_${'a'.repeat(36)}` }],
    ['colour', { colour: 'red' }],
    ['', []],
  ])('refuse an invalid %s: %j', async (field, body) => {
    expectProblem(await put('scheduler', body), 400, 'invalid_request', field);
  });

  it.each(['?force=yes', '?force=', '?force=true&force=false'])(
    'are not overridden by the malformed %s',
    async (query) => {
      expectProblem(await remove(query), 400, 'invalid_request', 'force');
    },
  );
});
