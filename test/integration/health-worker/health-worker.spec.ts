import { createService } from '@integrations/bootstrap';
import { loadConfig } from '@integrations/config';
import type { OperationResult, ProbeVerdict } from '@integrations/contracts';
import {
  HealthRepository,
  type HealthRow,
  IntegrationRepository,
  type IntegrationRow,
  type NewIntegration,
  ProbeScheduleRepository,
} from '@integrations/database';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { v7 as uuidv7 } from 'uuid';
import { HealthWorkerConfig } from '../../../apps/health-worker/src/config';
import { HealthWorkerModule } from '../../../apps/health-worker/src/health-worker.module';
import { eventually } from '../../support/eventually';
import { startTestNats, type TestNats } from '../../support/nats';
import { integration, openDatabase, type TestDatabase } from '../database/support';

interface SeenEvent {
  readonly event: string;
  readonly data: Record<string, unknown>;
}

let db: TestDatabase;
let nats: TestNats;
let caller: NatsConnection;
let integrations: IntegrationRepository;
let health: HealthRepository;
let schedule: ProbeScheduleRepository;
let app: NestFastifyApplication | undefined;

beforeAll(async () => {
  [db, nats] = await Promise.all([openDatabase(), startTestNats()]);
  caller = await connect({ servers: nats.url });
  integrations = new IntegrationRepository(db.database);
  health = new HealthRepository(db.database);
  schedule = new ProbeScheduleRepository(db.database);
});

afterEach(async () => {
  await app?.close();
  app = undefined;
  await db.sql('DELETE FROM probe_schedule');
});

afterAll(async () => {
  await caller.close();
  await db.close();
  await nats.stop();
});

describe('periodic probes', () => {
  it('probe what is due, keep its health, set its next time and tell of the turn', async () => {
    const { id } = await due({});
    await startWorker();
    const row = await eventually('the health', () => healthOf(id));
    expect(row).toMatchObject({ status: 'healthy', code: 'ok', failures: 0, successes: 1 });
    expect(row.verdict.stages.every(({ ok }) => ok)).toBe(true);
    expect(await eventsOf(id)).toEqual([
      { event: 'health_changed', data: expect.objectContaining({ from: 'unknown', to: 'healthy', reasonCode: 'ok' }) },
    ]);
    const [next] = await scheduleOf(id);
    expect(next!.due_at.getTime()).toBeGreaterThan(Date.now());
    expect(next!.lease_token).toBeNull();
  });

  it('tell nothing while nothing turns', async () => {
    const { id } = await due({});
    await startWorker();
    await eventually('the health', () => healthOf(id));
    await dueNow(id);
    await eventually('a second probe', async () => ((await healthOf(id))?.successes === 2 ? true : null));
    expect(await eventsOf(id)).toHaveLength(1);
  });

  it('call an integration unhealthy whose vendor fails, and say what to do', async () => {
    const { id } = await due({ config: { failWith: 'unauthenticated' } });
    await startWorker();
    const row = await eventually('the health', () => healthOf(id));
    expect(row).toMatchObject({ status: 'unhealthy', code: 'credential_invalid' });
    expect(row.verdict.remediation).toMatch(/authRef/);
  });

  it('break off a probe that hangs, at its limit', async () => {
    const { id } = await due({ config: { latencyMs: 30_000 } });
    await startWorker({ PROBE_TIMEOUT_MS: '200' });
    expect(await eventually('the health', () => healthOf(id))).toMatchObject({ code: 'timeout' });
  });

  it('forget the schedule of an integration that was disabled meanwhile', async () => {
    const { id } = await due({ enabled: false });
    await startWorker();
    await eventually('the schedule to be empty', async () => ((await scheduleOf(id)).length === 0 ? true : null));
    expect(await healthOf(id)).toBeUndefined();
  });

  it('take over what a dead worker had leased', async () => {
    const { id } = await due({});
    const [lease] = await schedule.claimDue({ limit: 1, leaseMs: 700 });
    expect(lease).toMatchObject({ integrationId: id });
    await startWorker();
    expect(await healthOf(id)).toBeUndefined();
    expect(await eventually('the health', () => healthOf(id))).toMatchObject({ status: 'healthy' });
  });

  it('are given back at shutdown, without a verdict, for another worker to run at once', async () => {
    const { id } = await due({ config: { latencyMs: 20_000 } });
    await startWorker({ PROBE_TIMEOUT_MS: '30000' });
    await eventually('the probe to begin', async () => ((await scheduleOf(id))[0]!.lease_token ? true : null));
    const before = Date.now();
    await app!.close();
    app = undefined;
    expect(Date.now() - before).toBeLessThan(10_000);
    expect(await healthOf(id)).toBeUndefined();
    expect(await schedule.claimDue({ limit: 1, leaseMs: 1_000 })).toMatchObject([{ integrationId: id }]);
  });
});

describe('probes on demand, over plain NATS', () => {
  it('answer the staged verdict, good or bad, and tell of the test', async () => {
    const bad = await registered({ config: { failWith: 'permission_missing' } });
    await startWorker();
    const reply = await ask<ProbeVerdict>('test', { integrationId: bad.id });
    expect(reply).toMatchObject({ success: true, result: { code: 'scope_insufficient' } });
    expect(reply.result!.stages.at(-1)).toMatchObject({ ok: false });
    expect(await eventsOf(bad.id)).toMatchObject([
      { event: 'test_completed', data: { code: 'scope_insufficient', status: reply.result!.status } },
    ]);
  });

  it('make the periodic probe due at once when they find what nobody believed yet', async () => {
    const { id } = await registered({});
    await startWorker();
    await ask('health', { integrationId: id });
    expect(await eventually('the health', () => healthOf(id))).toMatchObject({ status: 'healthy' });
    expect((await eventsOf(id)).map(({ event }) => event)).toEqual(['health_changed']);
  });

  it.each([
    ['{"integrationId": 7}', 'invalid_request', 'integrationId'],
    ['{}', 'invalid_request', 'integrationId'],
    ['{"integrationId": "01920000-0000-7000-8000-000000000000", "deep": true}', 'invalid_request', 'deep'],
    ['{"integrationId": "01920000-0000-7000-8000-000000000000"}', 'not_found', 'integrationId'],
    ['{oops', 'invalid_request', ''],
    ['', 'invalid_request', ''],
  ])('refuse %j as %s, naming the field', async (body, errorCode, field) => {
    await startWorker();
    const reply = await ask('test', body);
    expect(reply).toMatchObject({ success: false, errorCode });
    expect(reply.details.map((detail) => detail.field)).toContain(field);
  });

  it("do not reach another tenant's integration", async () => {
    const { id } = await registered({ tenantId: 'globex' });
    await startWorker();
    expect(await ask('test', { integrationId: id })).toMatchObject({ success: false, errorCode: 'not_found' });
  });
});

async function startWorker(env: NodeJS.ProcessEnv = {}): Promise<void> {
  const config = loadConfig(HealthWorkerConfig, {
    DATABASE_URL: db.url,
    NATS_URL: nats.url,
    DEFAULT_TENANT: 'acme',
    LOG_LEVEL: 'silent',
    PROBE_POLL_MS: '20',
    ...env,
  });
  const module = HealthWorkerModule.forRoot(config);
  app = await createService({ name: 'health-worker', config, module, answersRequests: true });
}

function registered(overrides: Partial<NewIntegration>): Promise<IntegrationRow> {
  const defaults = { id: uuidv7(), authRef: null, config: {}, endpoint: 'memory://local' };
  return integrations.insert(integration({ ...defaults, ...overrides }));
}

async function due(overrides: Partial<NewIntegration>): Promise<IntegrationRow> {
  const row = await registered(overrides);
  await dueNow(row.id);
  return row;
}

function dueNow(id: string): Promise<void> {
  return schedule.put(id, 'acme', 60, new Date(Date.now() - 1_000));
}

async function healthOf(id: string): Promise<HealthRow | undefined> {
  return (await health.find('acme', [id])).get(id);
}

function scheduleOf(id: string): Promise<{ due_at: Date; lease_token: string | null }[]> {
  return db.sql('SELECT due_at, lease_token FROM probe_schedule WHERE integration_id = $1', [id]);
}

function eventsOf(id: string): Promise<SeenEvent[]> {
  return db.sql('SELECT event, data FROM outbox WHERE integration_id = $1 ORDER BY id', [id]);
}

async function ask<T>(kind: 'test' | 'health', body: object | string): Promise<OperationResult<T>> {
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  const reply = await caller.request(`integrations.v1.rpc.probe.${kind}`, payload, { timeout: 15_000 });
  return reply.json();
}
