import { agentHeartbeatSubject, type OperationResult, type ProbeVerdict } from '@integrations/contracts';
import { HealthRepository, IntegrationRepository, ProbeScheduleRepository } from '@integrations/database';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import { eventually } from '../../support/eventually';
import { startTestNats, type TestNats } from '../../support/nats';
import { integration, openDatabase, type TestDatabase } from '../database/support';
import { startHealthWorker } from './start-health-worker';

/** A plain NATS client: agents use no library of ours. */
let agents: NatsConnection;
let db: TestDatabase;
let nats: TestNats;
let integrations: IntegrationRepository;
let app: NestFastifyApplication;
/** How far the monotonic clock of this process is advanced, so that specs need not wait for agents. */
let aheadMs = 0;

beforeAll(async () => {
  const monotonicNow = performance.now.bind(performance);
  jest.spyOn(performance, 'now').mockImplementation(() => monotonicNow() + aheadMs);
  [db, nats] = await Promise.all([openDatabase(), startTestNats()]);
  agents = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  integrations = new IntegrationRepository(db.database);
  await startWorker();
});

afterAll(async () => {
  jest.restoreAllMocks();
  await app?.close();
  await agents.close();
  await db.close();
  await nats.stop();
});

const later = (seconds: number) => (aheadMs += seconds * 1_000);

it('an agent is healthy once it has reported, and the verdict shows its host, version and clock', async () => {
  const { id } = await registered('web-1');
  report('acme', 'web-1', { sentAt: new Date(Date.now() - 300_000).toISOString() });
  const verdict = await eventually('the beat to be heard', () => testedAs(id, 'healthy'));
  expect(verdict).toMatchObject({
    code: 'ok',
    server: { product: 'Host agent on linux/amd64 6.1.0', version: '1.4.2' },
    principal: { id: 'web-1.example', kind: 'agent' },
    warnings: [expect.stringMatching(/behind ours$/)],
  });
  expect(Math.abs(verdict.clockSkewMs! + 300_000)).toBeLessThan(20_000);
});

it('each agent is judged by its own last heartbeat, in periodic checks too', async () => {
  const schedule = new ProbeScheduleRepository(db.database);
  const health = new HealthRepository(db.database);
  const alive = await registered('alive');
  const old = await registered('old', { minimumVersion: '2.0.0' });
  for (const agentId of ['alive', 'old']) report('acme', agentId);
  await eventually('the beats to be heard', () => testedAs(alive.id, 'healthy'));
  await eventually('the beats to be heard', () => testedAs(old.id, 'degraded'));
  for (const { id } of [alive, old]) await schedule.put(id, 'acme', 60, 'now');
  const rows = await eventually('both to be judged by their beats', async () => {
    const found = await health.find('acme', [alive.id, old.id]);
    return found.size === 2 && [...found.values()].every(({ status }) => status !== 'unknown') ? found : null;
  });
  expect(rows.get(alive.id)).toMatchObject({ status: 'healthy', code: 'ok' });
  expect(rows.get(old.id)).toMatchObject({ status: 'degraded', code: 'requirements_unmet' });
});

it('an agent can be tested before it is registered', async () => {
  report('acme', 'new-1');
  await eventually('the draft to be healthy', async () => {
    const draft = { provider: 'agent', config: { agentId: 'new-1' } };
    const { result } = await ask<ProbeVerdict>('draft', draft);
    return result?.status === 'healthy';
  });
});

it("an agent is silent when heartbeats stop, and neither another tenant's nor malformed ones count", async () => {
  const { id } = await registered('web-2');
  const other = await registered('other');
  report('acme', 'web-2', { intervalSeconds: 5 });
  await eventually('the beat to be heard', () => testedAs(id, 'healthy'));
  later(22);
  expect(await test(id)).toMatchObject({ status: 'healthy' });
  later(9);
  report('globex', 'web-2');
  for (const body of ['', '{oops', '[]', '7', '{"sentAt":1}', new Uint8Array([0xff, 0xfe])]) {
    agents.publish(agentHeartbeatSubject('acme', 'web-2'), body);
  }
  report('acme', 'web-2', { intervalSeconds: 1 });
  report('acme', 'other');
  await eventually('what came last', () => testedAs(other.id, 'healthy'));
  expect(await test(id)).toMatchObject({
    ...{ status: 'unhealthy', code: 'agent_silent' },
    message: expect.stringMatching(/^Agent web-2 has not reported for 3\d s, but should report every 5 s$/),
  });
  expect(await beatsHeard('invalid')).toBeGreaterThan(0);
});

it('no agent is called silent before it could be heard again, after a restart of the worker or of NATS', async () => {
  const never = await registered('never');
  const { id } = await registered('web-3');
  report('acme', 'web-3');
  await eventually('the beat to be heard', () => testedAs(id, 'healthy'));

  for (const interrupt of [restartWorker, () => nats.restart()]) {
    await interrupt();
    const unknown = await eventually('agents to be heard again', async () => {
      const verdict = await testedAs(never.id, 'unknown');
      return verdict?.message.includes('we have listened for') ? verdict : null;
    });
    expect(unknown.code).toBe('prober_error');
    await eventually('the stored beat to be heard', () => testedAs(id, 'healthy'));
    later(90);
    expect(await test(id)).toMatchObject({ status: 'unhealthy', code: 'agent_silent' });
    expect(await test(never.id)).toMatchObject({ code: 'agent_silent', message: 'No agent has reported as never' });
    await agents.flush();
    report('acme', 'web-3');
    await eventually('the next beat', () => testedAs(id, 'healthy'));
  }
});

async function startWorker(): Promise<void> {
  app = await startHealthWorker({ DATABASE_URL: db.url, NATS_URL: nats.url, PROBE_POLL_MS: '20' });
}

async function restartWorker(): Promise<void> {
  await app.close();
  await startWorker();
}

function registered(agentId: string, config: object = {}) {
  const settings = { type: 'runtime_host', provider: 'agent', endpoint: 'agent://heartbeats' } as const;
  return integrations.insert(integration({ ...settings, authRef: null, config: { agentId, ...config } }));
}

function report(tenantId: string, agentId: string, changes: object = {}): void {
  const host = { name: `${agentId}.example`, os: 'linux', arch: 'amd64', kernel: '6.1.0' };
  const beat = { sentAt: new Date().toISOString(), intervalSeconds: 30, agent: { version: '1.4.2' }, host };
  agents.publish(agentHeartbeatSubject(tenantId, agentId), JSON.stringify({ ...beat, ...changes }));
}

async function test(integrationId: string, timeout?: number): Promise<ProbeVerdict> {
  const { result, errorMessage } = await ask<ProbeVerdict>('test', { integrationId }, timeout);
  if (!result) throw new Error(String(errorMessage));
  return result;
}

/** Also null while nobody answers: a request during an outage of NATS is lost. */
async function testedAs(integrationId: string, status: ProbeVerdict['status']): Promise<ProbeVerdict | null> {
  const verdict = await test(integrationId, 1_000).catch(() => null);
  return verdict?.status === status ? verdict : null;
}

async function ask<T>(kind: 'test' | 'draft', body: object, timeout = 15_000): Promise<OperationResult<T>> {
  const reply = await agents.request(`integrations.v1.rpc.probe.${kind}`, JSON.stringify(body), { timeout });
  return reply.json();
}

async function beatsHeard(outcome: string): Promise<number> {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(new RegExp(`integrations_agent_heartbeat_total{outcome="${outcome}"} (\\d+)`).exec(metrics)?.[1]);
}
