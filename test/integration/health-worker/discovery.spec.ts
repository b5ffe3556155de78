import { createService } from '@integrations/bootstrap';
import { loadConfig } from '@integrations/config';
import type { DiscoveredRepository, OperationResult, Page } from '@integrations/contracts';
import { IntegrationRepository, type IntegrationRow, type NewIntegration } from '@integrations/database';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { v7 as uuidv7 } from 'uuid';
import { HealthWorkerConfig } from '../../../apps/health-worker/src/config';
import { HealthWorkerModule } from '../../../apps/health-worker/src/health-worker.module';
import { startTestNats, type TestNats } from '../../support/nats';
import { integration, openDatabase, type TestDatabase } from '../database/support';

const SUBJECT = 'integrations.v1.rpc.probe.discover';

let db: TestDatabase;
let nats: TestNats;
let caller: NatsConnection;
let app: NestFastifyApplication;
let integrations: IntegrationRepository;

beforeAll(async () => {
  [db, nats] = await Promise.all([openDatabase(), startTestNats()]);
  caller = await connect({ servers: nats.url });
  integrations = new IntegrationRepository(db.database);
  const config = loadConfig(HealthWorkerConfig, {
    DATABASE_URL: db.url,
    NATS_URL: nats.url,
    DEFAULT_TENANT: 'acme',
    LOG_LEVEL: 'silent',
  });
  const module = HealthWorkerModule.forRoot(config);
  app = await createService({ name: 'health-worker', config, module });
});

afterAll(async () => {
  await app?.close();
  await caller.close();
  await db.close();
  await nats.stop();
});

describe('discovery over plain NATS', () => {
  it('lists what an integration reaches, page by page', async () => {
    const { id } = await registered({});
    const first = await list({ integrationId: id, limit: 2 });
    expect(first.result?.items).toMatchObject([
      { id: '1', owner: 'acme', name: 'shop', archived: false },
      { id: '2', owner: 'acme', name: 'docs', defaultBranch: 'main' },
    ]);
    const rest = await list({ integrationId: id, limit: 2, cursor: first.result!.nextCursor });
    expect(rest.result).toMatchObject({ items: [{ id: '3', archived: true }], nextCursor: null });
  });

  it('finds by a part of the name, whatever its case', async () => {
    const { id } = await registered({});
    const { result } = await list({ integrationId: id, q: 'ME/DO' });
    expect(result?.items.map(({ name }) => name)).toEqual(['docs']);
  });

  it('takes no cursor that was changed, or is of another list', async () => {
    const [one, two] = [await registered({}), await registered({})];
    const { result } = await list({ integrationId: one.id, limit: 1 });
    const cursor = result!.nextCursor!;
    for (const request of [
      { integrationId: one.id, cursor: `${cursor}A` },
      { integrationId: one.id, cursor: Buffer.from('2').toString('base64url') },
      { integrationId: one.id, cursor, q: 'shop' },
      { integrationId: two.id, cursor },
    ]) {
      const reply = await list(request);
      expect(reply).toMatchObject({ success: false, errorCode: 'invalid_request', details: [{ field: 'cursor' }] });
    }
  });

  it.each([
    ['invalid_request', 'integrationId', { integrationId: 'seven' }],
    ['invalid_request', 'kind', { kind: 'secrets' }],
    ['invalid_request', 'limit', { limit: 0 }],
    ['invalid_request', 'limit', { limit: 101 }],
    ['invalid_request', 'q', { q: '' }],
    ['invalid_request', 'deep', { deep: true }],
    ['not_found', 'integrationId', { integrationId: '01920000-0000-7000-8000-000000000000' }],
  ])('is refused as %s, naming %s', async (errorCode, field, request) => {
    const { id } = await registered({});
    const reply = await list({ integrationId: id, ...request });
    expect(reply).toMatchObject({ success: false, errorCode });
    expect(reply.details.map((detail) => detail.field)).toContain(field);
  });

  it("does not reach another tenant's integration, nor one that is out of service", async () => {
    const { id } = await registered({ tenantId: 'globex' });
    expect(await list({ integrationId: id })).toMatchObject({ errorCode: 'not_found' });
    expect(await list({ integrationId: id }, 'globex')).toMatchObject({ success: true });
    const disabled = await registered({ enabled: false });
    expect(await list({ integrationId: disabled.id })).toMatchObject({ errorCode: 'integration_disabled' });
  });

  it.each([
    ['unauthenticated', false],
    ['rate_limited', true],
    ['provider_unavailable', true],
  ])('says what the vendor does: %s', async (failWith, isTransient) => {
    const { id } = await registered({ config: { failWith } });
    const reply = await list({ integrationId: id });
    expect(reply).toMatchObject({ success: false, errorCode: failWith, isTransient });
    expect(reply.retryAfterMs).toBe(failWith === 'rate_limited' ? 1_000 : null);
  });

  it('says so where the provider is not loaded here', async () => {
    const { id } = await registered({ provider: 'bazaar' });
    expect(await list({ integrationId: id })).toMatchObject({ errorCode: 'provider_unavailable' });
  });
});

function registered(overrides: Partial<NewIntegration>): Promise<IntegrationRow> {
  const defaults = { id: uuidv7(), authRef: null, config: {}, endpoint: 'memory://local' };
  return integrations.insert(integration({ ...defaults, ...overrides }));
}

async function list(request: object, tenant = 'acme'): Promise<OperationResult<Page<DiscoveredRepository>>> {
  const options = { timeout: 15_000, headers: headers() };
  options.headers.set('tenant', tenant);
  const reply = await caller.request(SUBJECT, JSON.stringify({ kind: 'repositories', ...request }), options);
  return reply.json();
}
