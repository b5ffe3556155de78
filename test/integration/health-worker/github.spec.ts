import { type OperationResult, type ProbeVerdict, RPC } from '@integrations/contracts';
import { headers } from '@nats-io/transport-node';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { eventually } from '../../support/eventually';
import { APP_ID, APP_KEY, INSTALLATION_ID, startAcme } from '../../support/fake-github/connection';
import type { FakeGitHub } from '../../support/fake-github/index';
import { register, startCatalog, type TestCatalog, type TestClient } from '../catalog/support';
import { startHealthWorker } from './start-health-worker';

/** The requests of one deep test to GitHub. */
const ONE_TEST = [
  'GET /app',
  `GET /app/installations/${INSTALLATION_ID}`,
  `POST /app/installations/${INSTALLATION_ID}/access_tokens`,
  'GET /rate_limit',
];

describe('The worker at GitHub', () => {
  let github: FakeGitHub;
  let catalog: TestCatalog;
  let admin: TestClient;
  let worker: NestFastifyApplication;
  let id: string;

  beforeAll(async () => {
    github = await startAcme({ latencyMs: 300 });
    catalog = await startCatalog();
    admin = await catalog.client();
    process.env['JOINED_SECRET_APP_KEY'] = APP_KEY.privateKey;
    const { databaseUrl: DATABASE_URL, natsUrl: NATS_URL } = catalog.config;
    worker = await startHealthWorker({
      DATABASE_URL,
      NATS_URL,
      EGRESS_ALLOW: '127.0.0.1/32',
      SECRETS_ENV_PREFIX: 'JOINED_SECRET_',
    });
    ({ id } = await register(admin, {
      provider: 'github_app',
      endpoint: github.url,
      authRef: 'authref://env/APP_KEY',
      config: { appId: String(APP_ID), installationId: INSTALLATION_ID },
      // The periodic check would call GitHub as well.
      enabled: false,
    }));
  });

  afterAll(async () => {
    delete process.env['JOINED_SECRET_APP_KEY'];
    await worker?.close();
    await catalog.close();
    await github.stop();
  });

  it('joins simultaneous tests over REST and NATS: one call at the vendor, one event, the same answer to both', async () => {
    const [rest, nats] = await Promise.all([overRest(), overNats()]);

    expect(rest).toMatchObject({ status: 'healthy', code: 'ok', capabilities: expect.arrayContaining(['check_run']) });
    expect(nats).toEqual(rest);
    expect(github.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(ONE_TEST);
    expect(await testsTold()).toBe(1);
  });

  it('tests again after that', async () => {
    github.requests.length = 0;
    await overRest();

    // The first test's token is still valid.
    expect(github.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(
      ONE_TEST.filter((request) => !request.startsWith('POST')),
    );
    expect(await testsTold()).toBe(2);
  });

  it('publishes an event when the installation loses permissions, and when it gets them back', async () => {
    const installation = github.world.installations.get(INSTALLATION_ID)!;
    const all = installation.permissions;
    await admin.call('POST', `integrations/${id}/enable`);
    await eventually('the health', async () => (await healthOf())?.capabilities);

    installation.permissions = { metadata: 'read', statuses: 'write' };
    await checkNow();
    const [less] = await eventually('an event', () => capabilityEvents(1));
    expect(less).toEqual({ added: [], removed: ['comment', 'check_run'] });
    expect(await healthOf()).toMatchObject({ code: 'scope_insufficient', capabilities: ['status', 'repositories'] });

    installation.permissions = all;
    await checkNow();
    const [, more] = await eventually('another event', () => capabilityEvents(2));
    expect(more).toEqual({ added: ['comment', 'check_run'], removed: [] });
  });

  async function healthOf(): Promise<ProbeVerdict | null> {
    const [row] = await catalog.sql<{ verdict: ProbeVerdict }>('SELECT verdict FROM integration_health');
    return row?.verdict ?? null;
  }

  async function checkNow(): Promise<void> {
    await catalog.sql('UPDATE probe_target SET due_at = now()');
  }

  async function capabilityEvents(count: number): Promise<object[] | null> {
    const events = await catalog.sql<{ data: object }>(
      `SELECT data FROM outbox WHERE event = 'capabilities_changed' ORDER BY id`,
    );
    return events.length >= count ? events.map(({ data }) => data) : null;
  }

  async function overRest(): Promise<ProbeVerdict> {
    const { body } = await admin.call<ProbeVerdict & Record<string, unknown>>('POST', `integrations/${id}/test`);
    return body;
  }

  async function overNats(): Promise<ProbeVerdict | null> {
    const options = { timeout: 60_000, headers: headers() };
    options.headers.set('tenant', 'acme');
    const reply = await catalog.nats.request(RPC.probeTest, JSON.stringify({ integrationId: id }), options);
    return reply.json<OperationResult<ProbeVerdict>>().result;
  }

  async function testsTold(): Promise<number> {
    const events = await catalog.sql(`SELECT 1 FROM outbox WHERE event = 'test_completed'`);
    return events.length;
  }
});
