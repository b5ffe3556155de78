import type { IntegrationView } from '@integrations/contracts';
import { headers } from '@nats-io/transport-node';
import { expectProblem, register, startCatalog, type TestCatalog, type TestClient } from './support';

const HOUR = 3_600_000;
const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR).toISOString();

describe('a maintenance window', () => {
  let catalog: TestCatalog;
  let client: TestClient;
  let id: string;

  beforeAll(async () => {
    catalog = await startCatalog();
    client = await catalog.client();
  });
  beforeEach(async () => {
    ({ id } = await register(client));
  });
  afterAll(() => catalog.close());

  const patch = (maintenance: unknown, ifMatch = '*') =>
    client.call<IntegrationView>('PATCH', `integrations/${id}`, {
      body: { maintenance },
      headers: { 'if-match': ifMatch },
    });
  const windows = () =>
    catalog.sql<{ began_at: Date; ended_at: Date }>(
      `SELECT began_at, ended_at FROM health_gap WHERE integration_id = $1 AND kind = 'maintenance' ORDER BY position`,
      [id],
    );

  it('starts with a patch, and is shown, published and audited', async () => {
    const maintenance = { until: inHours(2), reason: 'moving' };
    const patched = await patch(maintenance, '"g1"');
    expect(patched).toMatchObject({ status: 200, body: { maintenance, generation: 2, enabled: true } });
    expect((await client.call('GET', `integrations/${id}`)).body).toMatchObject({ maintenance });
    const request = JSON.stringify({ integrationId: id });
    const tenant = headers();
    tenant.set('tenant', 'acme');
    const told = await catalog.nats.request('integrations.v1.rpc.catalog.get', request, {
      headers: tenant,
      timeout: 60_000,
    });
    expect(told.json()).toMatchObject({ success: true, result: { maintenance } });

    const data = { changedFields: ['maintenance'] };
    expect(await catalog.sql(`SELECT data FROM outbox WHERE integration_id = $1 AND event = 'updated'`, [id])).toEqual([
      { data },
    ]);
    expect(
      await catalog.sql(`SELECT detail FROM audit_entry WHERE integration_id = $1 AND action = 'integration.updated'`, [
        id,
      ]),
    ).toEqual([{ detail: { generation: 2, ...data } }]);
  });

  it('stays one window when its end is moved, and a new one starts after it has ended', async () => {
    await patch({ until: inHours(1) });
    await patch({ until: inHours(3) });
    const [moved, ...more] = await windows();
    expect(more).toEqual([]);
    expect(moved!.ended_at.getTime() - Date.now()).toBeGreaterThan(2.5 * HOUR);

    expect((await patch(null)).body).toMatchObject({ maintenance: null });
    const [ended] = await windows();
    expect(ended!.ended_at.getTime()).toBeLessThanOrEqual(Date.now());
    expect(ended!.ended_at.getTime()).toBeGreaterThanOrEqual(ended!.began_at.getTime());

    await patch({ until: inHours(1) });
    expect(await windows()).toHaveLength(2);
  });

  it('ends by itself, and does not return with another change', async () => {
    await patch({ until: inHours(1), reason: 'short' });
    await catalog.sql(`UPDATE integration SET maintenance_until = now() - interval '1 second' WHERE id = $1`, [id]);
    expect((await client.call('GET', `integrations/${id}`)).body).toMatchObject({ maintenance: null });
    expect((await client.call('GET', 'integrations')).text).not.toContain('short');
    const renamed = await client.call('PATCH', `integrations/${id}`, {
      body: { tags: ['a'] },
      headers: { 'if-match': '*' },
    });
    expect(renamed).toMatchObject({ status: 200, body: { maintenance: null, tags: ['a'] } });
  });

  it('writes nothing when it changes nothing or loses a race', async () => {
    const until = inHours(1);
    await patch({ until });
    const before = await catalog.counts();
    expect(await patch({ until })).toMatchObject({ status: 200, body: { generation: 2 } });
    expectProblem(await patch({ until: inHours(2) }, '"g1"'), 412, 'precondition_failed');
    expect(await catalog.counts()).toEqual(before);
    expect(await windows()).toHaveLength(1);
  });

  it.each<[string, unknown, string]>([
    ['is not an object', 'soon', 'maintenance'],
    ['has no end', { reason: 'moving' }, 'maintenance.until'],
    ['has ended', { until: '2020-01-01T00:00:00Z' }, 'maintenance.until'],
    ['is longer than 30 days', { until: inHours(31 * 24) }, 'maintenance.until'],
    ['ends at an invalid time', { until: 'tomorrow' }, 'maintenance.until'],
    ['ends on a day that does not exist', { until: '2027-02-30T00:00:00Z' }, 'maintenance.until'],
    ['ends at a time without an offset', { until: '2027-02-20T00:00:00' }, 'maintenance.until'],
    ['has a reason that is not text', { until: inHours(1), reason: 7 }, 'maintenance.reason'],
    ['has too long a reason', { until: inHours(1), reason: 'x'.repeat(501) }, 'maintenance.reason'],
    ['has an unknown field', { until: inHours(1), begins: inHours(1) }, 'maintenance.begins'],
    ['holds a credential', { until: inHours(1), reason: 'glpat-abcdefgh12345' }, 'maintenance.reason'],
  ])('is refused if it %s', async (_what, maintenance, field) => {
    expectProblem(await patch(maintenance), 400, 'invalid_request', field);
    expect(await windows()).toEqual([]);
  });

  it('cannot be set by another tenant', async () => {
    const rival = await catalog.client({ tenantId: 'rival' });
    const body = { maintenance: { until: inHours(1) } };
    const answer = await rival.call('PATCH', `integrations/${id}`, { body, headers: { 'if-match': '*' } });
    expectProblem(answer, 404, 'not_found');
    expect(await windows()).toEqual([]);
  });

  it('cannot be part of a registration', async () => {
    const body = { name: 'x', type: 'scm', provider: 'in_memory', maintenance: { until: inHours(1) } };
    expectProblem(await client.call('POST', 'integrations', { body }), 400, 'invalid_request', 'maintenance');
  });
});
