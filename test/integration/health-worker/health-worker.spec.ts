import type { OperationResult, ProbeVerdict } from '@integrations/contracts';
import {
  HealthRepository,
  type HealthRow,
  IntegrationRepository,
  type IntegrationRow,
  type NewIntegration,
  type ProbeClaim,
  ProbeScheduleRepository,
} from '@integrations/database';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../support/eventually';
import { startTestNats, type TestNats } from '../../support/nats';
import { integration, openDatabase, type TestDatabase } from '../database/support';
import { startHealthWorker } from './start-health-worker';

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
  await db.sql('DELETE FROM probe_target');
});

afterAll(async () => {
  await caller.close();
  await db.close();
  await nats.stop();
});

describe('periodic probes', () => {
  it('check what is due, save its health, set the next time and publish the status change', async () => {
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

  it('publish nothing while the status does not change', async () => {
    const { id } = await due({});
    await startWorker();
    await eventually('the health', () => healthOf(id));
    await dueNow(id);
    await eventually('a second probe', async () => ((await healthOf(id))?.successes === 2 ? true : null));
    expect(await eventsOf(id)).toHaveLength(1);
  });

  it('find an integration unhealthy whose vendor fails, and say what to do', async () => {
    const { id } = await due({ config: { failWith: 'unauthenticated' } });
    await startWorker();
    const row = await eventually('the health', () => healthOf(id));
    expect(row).toMatchObject({ status: 'unhealthy', code: 'credential_invalid' });
    expect(row.verdict.remediation).toMatch(/authRef/);
  });

  it('abort a probe that hangs when its time is up', async () => {
    const { id } = await due({ config: { latencyMs: 30_000 } });
    await startWorker({ PROBE_TIMEOUT_MS: '200' });
    expect(await eventually('the health', () => healthOf(id))).toMatchObject({ code: 'timeout' });
  });

  it('remove the schedule of an integration that was disabled in the meantime', async () => {
    const { id } = await due({ enabled: false });
    await startWorker();
    await eventually('the target to be gone', async () =>
      (await db.sql('SELECT FROM probe_target')).length === 0 ? true : null,
    );
    expect(await healthOf(id)).toBeUndefined();
  });

  it('take over the leases of a dead worker', async () => {
    const { id } = await due({});
    const { leases } = await claim(600_000);
    expect(leases).toMatchObject([{ integration: { id } }]);
    const other = await due({ config: { latencyMs: 1 } });
    await startWorker();
    await eventually('what nobody had leased', () => healthOf(other.id));
    expect(await healthOf(id)).toBeUndefined();
    await db.sql('UPDATE probe_target SET lease_until = now() WHERE lease_token IS NOT NULL');
    expect(await eventually('the health', () => healthOf(id))).toMatchObject({ status: 'healthy' });
  });

  it('are given back at shutdown without a verdict, for another worker to run at once', async () => {
    const { id } = await due({ config: { latencyMs: 60_000 } });
    await startWorker({ PROBE_TIMEOUT_MS: '60000' });
    await eventually('the probe to begin', async () => ((await scheduleOf(id))[0]!.lease_token ? true : null));
    const before = Date.now();
    await app!.close();
    app = undefined;
    expect(Date.now() - before).toBeLessThan(30_000);
    expect(await healthOf(id)).toBeUndefined();
    expect((await claim(1_000)).leases).toMatchObject([{ integration: { id } }]);
  });
});

describe('evidence from real traffic', () => {
  const tell = (event: string, { id, tenantId }: IntegrationRow, more: object = {}) => {
    const told = headers();
    told.set('ce-time', new Date().toISOString());
    const body = JSON.stringify({ integrationId: id, tenantId, ...more });
    caller.publish(`integrations.v1.evt.${tenantId}.scm.${id}.${event}`, body, { headers: told });
  };

  async function healthyForAWhile(overrides: Partial<NewIntegration> = {}): Promise<IntegrationRow> {
    const row = await due(overrides);
    await startWorker();
    await eventually('the health', () => healthOf(row.id));
    await db.sql(`UPDATE integration_health SET checked_at = now() - interval '2 minutes' WHERE integration_id = $1`, [
      row.id,
    ]);
    return row;
  }
  const probes = async ({ id }: IntegrationRow) =>
    (await db.sql('SELECT FROM health_result WHERE integration_id = $1', [id])).length;

  it('counts as a success of a healthy integration, without a probe', async () => {
    const row = await healthyForAWhile();
    tell('annotation_posted', row);
    const after = await eventually('the success', async () => {
      const health = await healthOf(row.id);
      return health!.successes === 2 ? health : null;
    });
    expect(Date.now() - after!.checkedAt.getTime()).toBeLessThan(60_000);
    expect(await probes(row)).toBe(1);
  });

  it('causes an immediate probe when the vendor refuses the credential, or when a post succeeds although the status is unhealthy', async () => {
    const row = await healthyForAWhile({ config: { latencyMs: 1 } });
    tell('annotation_failed', row, { errorCode: 'unauthenticated' });
    await eventually('a second probe', async () => ((await probes(row)) === 2 ? true : null));

    await db.sql(
      `UPDATE integration_health SET status = 'unhealthy', settled = 'unhealthy', checked_at = now() - interval '1 minute'
                  WHERE integration_id = $1`,
      [row.id],
    );
    tell('annotation_posted', row);
    await eventually('a third probe', async () => ((await probes(row)) >= 3 ? true : null));
  });

  it('is ignored when it says nothing about the connection or belongs to another tenant', async () => {
    const row = await healthyForAWhile({ config: { latencyMs: 2 } });
    tell('annotation_failed', row, { errorCode: 'locked' });
    tell('annotation_failed', { ...row, tenantId: 'globex' }, { errorCode: 'unauthenticated' });
    tell('annotation_posted', row);
    await eventually('what came last', async () => ((await healthOf(row.id))!.successes === 2 ? true : null));
    expect(await probes(row)).toBe(1);
  });
});

describe('probes on demand, over plain NATS', () => {
  it('return the verdict with its stages, good or bad, and publish that a test was made', async () => {
    const bad = await registered({ config: { failWith: 'permission_missing' } });
    await startWorker();
    const reply = await ask<ProbeVerdict>('test', { integrationId: bad.id });
    expect(reply).toMatchObject({ success: true, result: { code: 'scope_insufficient' } });
    expect(reply.result!.stages.at(-1)).toMatchObject({ ok: false });
    // The result wakes the periodic probe, which emits the change.
    const told = (await eventsOf(bad.id)).filter(({ event }) => event !== 'health_changed');
    expect(told).toMatchObject([
      { event: 'test_completed', data: { code: 'scope_insufficient', status: reply.result!.status } },
    ]);
  });

  it('make the periodic probe due at once when they contradict the known status', async () => {
    const { id } = await registered({});
    await schedule.put(id, 'acme', SELDOM, new Date(Date.now() + SELDOM * 1_000));
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

describe('tests of drafts, over plain NATS', () => {
  const auditOf = () =>
    db.sql<{ actor: string; app: string; detail: object; integration_id: string | null }>(
      `SELECT actor, app, detail, integration_id FROM audit_entry WHERE action = 'integration.draft_tested'
       ORDER BY position DESC LIMIT 1`,
    );
  const written = () =>
    db.sql(`SELECT (SELECT count(*) FROM outbox) AS events, (SELECT count(*) FROM integration) AS integrations,
      (SELECT count(*) FROM probe_schedule) AS schedules, (SELECT count(*) FROM integration_health) AS healths`);

  it("return the verdict on the draft's values, and leave only an audit entry", async () => {
    await startWorker();
    const before = await written();
    const draft = { provider: 'in_memory', config: { failWith: 'permission_missing' }, requestedBy: 'ci token' };
    const reply = await ask<ProbeVerdict>('draft', draft);
    expect(reply).toMatchObject({ success: true, result: { code: 'scope_insufficient' } });
    expect(await written()).toEqual(before);
    const { status } = reply.result!;
    const detail = { provider: 'in_memory', endpointHost: 'local', status, code: 'scope_insufficient' };
    expect(await auditOf()).toEqual([{ actor: 'ci token', app: 'health-worker', detail, integration_id: null }]);
  });

  it('never share a verdict, even when they run at the same time', async () => {
    await startWorker();
    const drafts = [{ latencyMs: 300 }, { latencyMs: 300, failWith: 'unauthenticated' }];
    const replies = await Promise.all(
      drafts.map((config) => ask<ProbeVerdict>('draft', { provider: 'in_memory', config })),
    );
    expect(replies.map(({ result }) => result?.code)).toEqual(['ok', 'credential_invalid']);
  });

  it('use the settings of the draft, not those of the integration whose credential they use', async () => {
    const { id } = await registered({ config: { failWith: 'network' } });
    await startWorker();
    const reply = await ask<ProbeVerdict>('draft', { integrationId: id, provider: 'in_memory', config: {} });
    expect(reply).toMatchObject({ success: true, result: { code: 'ok' } });
    expect(await auditOf()).toMatchObject([{ actor: 'health-worker', integration_id: id }]);
    expect(await eventsOf(id)).toEqual([]);
    expect(await healthOf(id)).toBeUndefined();
  });

  it('send a stored credential only to where it belongs', async () => {
    const { id } = await registered({ authRef: 'authref://env/STORED' });
    await startWorker();
    for (const [field, draft] of [
      ['endpoint', { endpoint: 'http://127.0.0.1:9' }],
      ['authRef', { authRef: 'authref://env/OTHER' }],
      ['config.caBundle', { config: { caBundle: 'theirs' } }],
      ['provider', { provider: 'github_app' }],
    ] as const) {
      const reply = await ask('draft', { integrationId: id, provider: 'in_memory', ...draft });
      expect(reply).toMatchObject({ success: false, errorCode: 'invalid_request' });
      expect(reply.details.map((detail) => detail.field)).toContain(field);
    }
  });

  it.each([
    ['invalid_request', 'provider', { provider: 'gitlub' }, ', in_memory, '],
    ['invalid_request', 'provider', {}, 'must be'],
    ['invalid_request', 'config.latencyMs', { provider: 'in_memory', config: { latencyMs: 'long' } }, 'must be'],
    [
      'not_found',
      'integrationId',
      { provider: 'in_memory', integrationId: '01920000-0000-7000-8000-000000000000' },
      '',
    ],
  ])('are refused as %s, naming %s and what is allowed', async (errorCode, field, draft, allowed) => {
    await startWorker();
    const reply = await ask('draft', draft);
    expect(reply).toMatchObject({ success: false, errorCode });
    expect(reply.details).toContainEqual({ field, message: expect.stringContaining(allowed) });
  });

  it("do not reach another tenant's credential", async () => {
    const { id } = await registered({ tenantId: 'globex' });
    await startWorker();
    const reply = await ask('draft', { integrationId: id, provider: 'in_memory' });
    expect(reply).toMatchObject({ success: false, errorCode: 'not_found' });
  });

  it('return no verdict that could not be audited', async () => {
    await startWorker();
    await db.sql('ALTER TABLE audit_entry ADD CONSTRAINT audit_full CHECK (actor IS NULL) NOT VALID');
    try {
      expect(await ask('draft', { provider: 'in_memory' })).toMatchObject({ success: false, errorCode: 'internal' });
    } finally {
      await db.sql('ALTER TABLE audit_entry DROP CONSTRAINT audit_full');
    }
  });
});

async function startWorker(env: NodeJS.ProcessEnv = {}): Promise<void> {
  app = await startHealthWorker({ DATABASE_URL: db.url, NATS_URL: nats.url, PROBE_POLL_MS: '20', ...env });
}

/** Long enough that no periodic probe runs during a test. */
const SELDOM = 30 * 86_400;

function registered(overrides: Partial<NewIntegration>): Promise<IntegrationRow> {
  const defaults = { id: uuidv7(), authRef: null, config: {}, endpoint: 'memory://local', intervalSeconds: SELDOM };
  return integrations.insert(integration({ ...defaults, ...overrides }));
}

async function due(overrides: Partial<NewIntegration>): Promise<IntegrationRow> {
  const row = await registered(overrides);
  await dueNow(row.id);
  return row;
}

function dueNow(id: string): Promise<void> {
  return schedule.put(id, 'acme', SELDOM, new Date(Date.now() - 1_000));
}

function claim(leaseMs: number): Promise<ProbeClaim> {
  const wanted = [{ provider: 'in_memory', slow: false, limit: 10 }];
  return schedule.claimDue({ wanted, running: [], hostLimit: 10, leaseMs });
}

async function healthOf(id: string): Promise<HealthRow | undefined> {
  return (await health.find('acme', [id])).get(id);
}

function scheduleOf(id: string): Promise<{ due_at: Date; lease_token: string | null }[]> {
  return db.sql(
    'SELECT due_at, lease_token FROM probe_schedule JOIN probe_target ON key = target WHERE integration_id = $1',
    [id],
  );
}

function eventsOf(id: string): Promise<SeenEvent[]> {
  return db.sql('SELECT event, data FROM outbox WHERE integration_id = $1 ORDER BY id', [id]);
}

async function ask<T>(kind: 'test' | 'health' | 'draft', body: object | string): Promise<OperationResult<T>> {
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  const reply = await caller.request(`integrations.v1.rpc.probe.${kind}`, payload, { timeout: 60_000 });
  return reply.json();
}
