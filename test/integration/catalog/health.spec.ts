import type { HealthReport, HealthStatus, IntegrationView, Page } from '@integrations/contracts';
import { HealthHistory, HealthRepository } from '@integrations/database';
import { health as healthRow } from '../database/support';
import { expectProblem, register, startCatalog, type TestCatalog, type TestClient } from './support';

const HOUR = 3_600_000;
const ago = (hours: number): Date => new Date(Date.now() - hours * HOUR);

describe('the health of an integration', () => {
  let catalog: TestCatalog;
  let client: TestClient;
  let id: string;

  beforeAll(async () => {
    catalog = await startCatalog();
    client = await catalog.client();
  });
  beforeEach(async () => {
    ({ id } = await register(client));
    await catalog.sql('UPDATE integration SET created_at = $2 WHERE id = $1', [id, ago(1_000)]);
  });
  afterAll(() => catalog.close());

  const read = (window?: string, by = client) =>
    by.call<HealthReport>('GET', `integrations/${id}/health${window === undefined ? '' : `?window=${window}`}`);
  const judged = (overrides: Parameters<typeof healthRow>[1] = {}) =>
    new HealthRepository(catalog.database).save([
      healthRow(id, { since: ago(500), checkedAt: new Date(), ...overrides }),
    ]);
  const turned = (turns: [hoursAgo: number, from: HealthStatus, to: HealthStatus][]) =>
    catalog.database.transaction((tx) =>
      new HealthHistory(catalog.database).append(
        {
          results: [],
          transitions: turns.map(([hoursAgo, from, to]) => ({
            ...{ integrationId: id, tenantId: 'acme', from, to, at: ago(hoursAgo) },
            ...{ reasonCode: to === 'healthy' ? ('ok' as const) : ('timeout' as const), flapping: false },
          })),
        },
        tx,
      ),
    );
  const hoursIn = ({ uptime }: HealthReport): Record<string, number> =>
    Object.fromEntries(
      Object.entries(uptime.seconds)
        .map(([state, seconds]) => [state, Math.round(seconds / 360) / 10] as const)
        .filter(([, hours]) => hours > 0),
    );

  it('is unknown before the first check, and counts as neither up nor down', async () => {
    const { status, body } = await read();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      integrationId: id,
      ...{ status: 'unknown', lastStatus: null, code: null, remediation: null, ageSeconds: null, verdict: null },
      ...{ stale: false, flapping: false, enabled: true, maintenance: null, latency: null, transitions: [] },
      uptime: { ratio: null },
    });
    expect(hoursIn(body)).toEqual({ unknown: 24 });
    expect(Date.parse(body.nextCheckAt!)).toBeLessThanOrEqual(Date.now());
  });

  it('shows the reason, the remediation, its age and the time of the next check', async () => {
    await judged({ status: 'unhealthy', code: 'credential_invalid', checkedAt: new Date(Date.now() - 30_000) });
    const { body } = await read();
    expect(body).toMatchObject({ status: 'unhealthy', lastStatus: 'unhealthy', code: 'credential_invalid' });
    expect(body.remediation).toContain('authRef');
    expect(body.ageSeconds).toBeGreaterThanOrEqual(30);
    expect(body.verdict).toMatchObject({ stages: [{ name: 'http', ok: true }] });
    await client.call('POST', `integrations/${id}/disable`);
    expect((await read()).body).toMatchObject({ enabled: false, nextCheckAt: null });
  });

  it('sums the time in each state, and lists status changes, newest first', async () => {
    await judged({ since: ago(4) });
    await turned([
      [30, 'unknown', 'degraded'],
      [10, 'degraded', 'unhealthy'],
      [4, 'unhealthy', 'healthy'],
    ]);
    const { body } = await read('24h');
    expect(hoursIn(body)).toEqual({ degraded: 14, unhealthy: 6, healthy: 4 });
    expect(body.uptime.ratio).toBeCloseTo(0.75, 3);
    expect(body.transitions).toMatchObject([
      { from: 'unhealthy', to: 'healthy', reasonCode: 'ok' },
      { from: 'degraded', to: 'unhealthy', reasonCode: 'timeout' },
    ]);
    const total = Object.values(body.uptime.seconds).reduce((sum, seconds) => sum + seconds, 0);
    expect(total).toBeCloseTo((Date.parse(body.window.to) - Date.parse(body.window.from)) / 1_000, 6);

    expect(hoursIn((await read('2d')).body)).toEqual({ unknown: 18, degraded: 20, unhealthy: 6, healthy: 4 });
    expect(hoursIn((await read('60m')).body)).toEqual({ healthy: 1 });
  });

  it('starts the window no earlier than the registration', async () => {
    await catalog.sql('UPDATE integration SET created_at = $2 WHERE id = $1', [id, ago(3)]);
    await judged({ since: ago(3) });
    const { body } = await read('400d');
    expect(hoursIn(body)).toEqual({ healthy: 3 });
  });

  it('excludes maintenance from the uptime, and shows it separately', async () => {
    await judged({ status: 'unhealthy', since: ago(500) });
    const until = new Date(Date.now() + HOUR).toISOString();
    const body = { maintenance: { until, reason: 'moving' } };
    await client.call('PATCH', `integrations/${id}`, { body, headers: { 'if-match': '*' } });
    await catalog.sql('UPDATE health_gap SET began_at = $2 WHERE integration_id = $1', [id, ago(6)]);
    const report = (await read()).body;
    expect(report.maintenance).toEqual({ until, reason: 'moving' });
    expect(hoursIn(report)).toEqual({ unhealthy: 18, maintenance: 6 });
    expect(report.uptime.ratio).toBe(0);
  });

  it('shows the latencies of checks over any window', async () => {
    await catalog.sql(
      `INSERT INTO health_result (integration_id, tenant_id, checked_at, status, code, latency_ms)
       SELECT $1, 'acme', now() - nth * interval '1 minute', 'healthy', 'ok', nth FROM generate_series(1, 200) AS nth`,
      [id],
    );
    expect((await read('100m')).body.latency).toMatchObject({ checks: 99, p50: 50, p99: 99, max: 99 });
    expect((await read('400d')).body.latency).toMatchObject({ checks: 200, p50: 100, p95: 190, max: 200 });
  });

  it('shows the newest 200 status changes, and says when there are more', async () => {
    await turned(Array.from({ length: 201 }, (_, nth) => [1 + nth / 100, 'healthy', 'degraded']));
    const { body } = await read();
    expect([body.transitions.length, body.truncated]).toEqual([200, true]);
    expect(Date.parse(body.transitions[0]!.at)).toBeGreaterThan(Date.parse(body.transitions[199]!.at));
  });

  it.each(['', '24', '0h', '1w', '1.5h', '-1d', '401d', '1h;DROP', 'P1D'])('refuses the window %j', async (window) => {
    const answer = await read(encodeURIComponent(window));
    expectProblem(answer, 400, 'invalid_request', 'window');
    expect(answer.text).toContain('15m, 24h or 30d');
  });

  it('refuses two windows, and unknown parameters', async () => {
    const path = `integrations/${id}/health`;
    expectProblem(await client.call('GET', `${path}?window=1h&window=2h`), 400, 'invalid_request', 'window');
    expectProblem(await client.call('GET', `${path}?from=1h`), 400, 'invalid_request', 'from');
  });

  it('is not found for another tenant or a deleted integration', async () => {
    expectProblem(await read('24h', await catalog.client({ tenantId: 'rival' })), 404, 'not_found');
    await client.call('DELETE', `integrations/${id}`, { headers: { 'if-match': '*' } });
    expectProblem(await read(), 404, 'not_found');
  });

  it('needs the scope to read integrations', async () => {
    expectProblem(await read('24h', await catalog.client({ scopes: ['audit:read'] })), 403, 'forbidden');
  });

  describe('after a check too long ago', () => {
    const stale = { checkedAt: ago(2), intervalSeconds: 300, since: ago(500), flapping: true };
    const pageOf = async (query: string) =>
      (await client.call<Page<IntegrationView>>('GET', `integrations?${query}`)).body.items.map((item) => item.id);

    it('is unknown everywhere, shown with its last status and since when it is unknown', async () => {
      await judged(stale);
      const expected = {
        ...{ status: 'unknown', lastStatus: 'healthy', code: 'ok', stale: true, flapping: true },
        since: new Date(stale.checkedAt.getTime() + 900_000).toISOString(),
        checkedAt: stale.checkedAt.toISOString(),
      };
      expect((await read()).body).toMatchObject(expected);
      expect((await client.call('GET', `integrations/${id}`)).body).toMatchObject({ health: expected });
      const listed = await client.call<Page<IntegrationView>>('GET', 'integrations?limit=200');
      expect(listed.body.items.find((item) => item.id === id)).toMatchObject({ health: expected });
    });

    it('is found by the filter for unknown, and no longer by its last status', async () => {
      await judged(stale);
      expect(await pageOf('health=unknown&limit=200')).toContain(id);
      expect(await pageOf('health=healthy&limit=200')).not.toContain(id);
      await judged({ ...stale, checkedAt: new Date() });
      expect(await pageOf('health=unknown&limit=200')).not.toContain(id);
      expect(await pageOf('health=healthy&limit=200')).toContain(id);
    });

    it('stays fresh for up to three times the interval in force, whatever interval the registration asks for', async () => {
      await judged({ ...stale, intervalSeconds: 3_600 });
      expect((await read()).body).toMatchObject({ status: 'healthy', stale: false });
    });

    it('excludes the time since then, and earlier stale times, from its uptime', async () => {
      await judged({ ...stale, checkedAt: ago(3), intervalSeconds: 1_200 });
      await catalog.sql(
        `INSERT INTO health_gap (tenant_id, integration_id, kind, began_at, ended_at)
         VALUES ('acme', $1, 'stale', $2, $3)`,
        [id, ago(10), ago(7)],
      );
      const { body } = await read();
      expect(hoursIn(body)).toEqual({ healthy: 19, stale: 5 });
      expect(body.uptime.ratio).toBe(1);
    });
  });
});
