import type { IntegrationView } from '@integrations/contracts';
import { eventually } from '../../support/eventually';
import {
  type Answer,
  expectProblem,
  register,
  registration,
  startCatalog,
  type TestCatalog,
  type TestClient,
} from './support';

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('a registration', () => {
  let catalog: TestCatalog;
  let admin: TestClient;

  beforeAll(async () => {
    catalog = await startCatalog();
    admin = await catalog.client({ name: 'admin token' });
  });
  afterAll(() => catalog.close());

  const events = (id: string) =>
    catalog.sql<{ event: string; generation: number; data: object }>(
      'SELECT event, generation, data FROM outbox WHERE integration_id = $1 ORDER BY id',
      [id],
    );
  const audit = (id: string) =>
    catalog.sql<{ action: string; actor: string; app: string; outcome: string; detail: object }>(
      'SELECT action, actor, app, outcome, detail FROM audit_entry WHERE integration_id = $1 ORDER BY id',
      [id],
    );
  const schedule = async (id: string) => {
    const [row] = await catalog.sql<{ interval: number; lag: number; lease_token: string | null; woken: boolean }>(
      `SELECT interval_seconds AS interval, extract(epoch FROM now() - due_at)::float AS lag, lease_token, woken
       FROM probe_schedule JOIN probe_target ON key = target WHERE integration_id = $1`,
      [id],
    );
    return row;
  };
  const patch = <T = IntegrationView>(id: string, generation: number, body: unknown): Promise<Answer<T>> =>
    admin.call<T>('PATCH', `integrations/${id}`, { body, headers: { 'if-match': `"g${generation}"` } });

  it('starts with a POST that returns the whole of it, its location and its ETag', async () => {
    const body = registration({
      name: 'Zoë (prod)',
      description: 'the first',
      authRef: 'authref://file/github/key',
      config: { latencyMs: 5 },
      tags: ['prod', 'eu'],
      healthCheck: { intervalSeconds: 120 },
    });
    const created = await admin.call<IntegrationView>('POST', 'integrations', { body });
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      ...body,
      id: expect.stringMatching(ID),
      tenantId: 'acme',
      endpoint: 'memory://local',
      enabled: true,
      posting: 'online',
      maintenance: null,
      capabilities: expect.arrayContaining(['comment', 'status', 'check_run']),
      health: {
        status: 'unknown',
        lastStatus: null,
        code: null,
        message: null,
        since: null,
        checkedAt: null,
        stale: false,
        flapping: false,
        latencyMs: null,
      },
      generation: 1,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      updatedAt: created.body.createdAt,
    });
    expect(created.headers.get('etag')).toBe('"g1"');
    expect(created.headers.get('location')).toBe(`/api/v1/integrations/${created.body.id}`);
    expect(created.headers.get('cache-control')).toBe('no-store');

    const read = await admin.call<IntegrationView>('GET', created.headers.get('location')!);
    expect(read.status).toBe(200);
    expect(read.body).toEqual(created.body);
    expect(read.headers.get('etag')).toBe('"g1"');
  });

  it('makes the first probe due at once, and is published as an event and audited', async () => {
    const { id, name } = await register(admin, { healthCheck: { intervalSeconds: 30 } });
    const due = await schedule(id);
    expect(due).toMatchObject({ interval: 30, lease_token: null });
    expect(due!.lag).toBeGreaterThanOrEqual(0);
    const data = { name, endpointHost: 'local', enabled: true };
    expect(await events(id)).toEqual([{ event: 'registered', generation: 1, data }]);
    expect(await audit(id)).toEqual([
      {
        action: 'integration.registered',
        actor: 'admin token',
        app: 'catalog-api',
        outcome: 'succeeded',
        detail: { ...data, generation: 1 },
      },
    ]);
  });

  it('may start disabled, and is then not probed', async () => {
    const { id } = await register(admin, { enabled: false });
    expect(await schedule(id)).toBeUndefined();
  });

  it('accepts null for absent fields in a POST', async () => {
    const nothing = {
      description: null,
      endpoint: null,
      authRef: null,
      config: null,
      tags: null,
      enabled: null,
      healthCheck: null,
    };
    const created = await register<IntegrationView>(admin, nothing);
    expect(created).toMatchObject({
      description: null,
      endpoint: 'memory://local',
      authRef: null,
      config: {},
      tags: [],
      enabled: true,
      healthCheck: { intervalSeconds: 60 },
    });
  });

  it('has its endpoint and its reference normalised', async () => {
    const created = await register<IntegrationView>(admin, {
      endpoint: 'https://GHE.example.com:443/api/v3/',
      authRef: 'authref://env/TOKEN',
    });
    expect(created.endpoint).toBe('https://ghe.example.com/api/v3');
    expect(created.authRef).toBe('authref://env/TOKEN');
    expect(await events(created.id)).toMatchObject([{ data: { endpointHost: 'ghe.example.com' } }]);
  });

  describe('PATCH', () => {
    it('merges: absent fields stay, null removes, and objects are merged', async () => {
      const { id } = await register(admin, {
        description: 'old',
        authRef: 'authref://env/TOKEN',
        config: { latencyMs: 5, requireCredential: true },
        tags: ['a'],
      });
      const changed = await patch(id, 1, { description: null, config: { latencyMs: null, failWith: 'timeout' } });
      expect(changed.status).toBe(200);
      expect(changed.headers.get('etag')).toBe('"g2"');
      expect(changed.body).toMatchObject({
        generation: 2,
        description: null,
        config: { failWith: 'timeout', requireCredential: true },
        tags: ['a'],
        authRef: 'authref://env/TOKEN',
      });
      expect(changed.body.config).not.toHaveProperty('latencyMs');
      const changedFields = ['description', 'config'];
      expect(await events(id)).toMatchObject([{}, { event: 'updated', generation: 2, data: { changedFields } }]);
      expect(await audit(id)).toMatchObject([
        {},
        { action: 'integration.updated', detail: { changedFields, generation: 2 } },
      ]);
    });

    it('is also accepted as application/merge-patch+json', async () => {
      const { id } = await register(admin);
      const answer = await admin.call('PATCH', `integrations/${id}`, {
        raw: '{"tags": ["x"]}',
        headers: { 'content-type': 'application/merge-patch+json; charset=utf-8', 'if-match': '"g1"' },
      });
      expect([answer.status, answer.body['tags']]).toEqual([200, ['x']]);
    });

    it('with null restores the defaults', async () => {
      const { id } = await register(admin, {
        endpoint: 'https://example.com',
        authRef: 'authref://env/TOKEN',
        config: { latencyMs: 1 },
        tags: ['a'],
        healthCheck: { intervalSeconds: 10 },
      });
      const { body } = await patch(id, 1, {
        endpoint: null,
        authRef: null,
        tags: null,
        healthCheck: null,
      });
      expect(body).toMatchObject({
        endpoint: 'memory://local',
        authRef: null,
        config: { latencyMs: 1 },
        tags: [],
        healthCheck: { intervalSeconds: 60 },
      });
    });

    it('with an empty healthCheck leaves the interval unchanged', async () => {
      const { id } = await register(admin, { healthCheck: { intervalSeconds: 10 } });
      expect((await patch(id, 1, { healthCheck: {} })).body.healthCheck).toEqual({ intervalSeconds: 10 });
    });

    it('with no effect writes nothing and keeps the generation', async () => {
      const { id, name } = await register(admin, { tags: ['a'], config: { latencyMs: 5 } });
      const before = await catalog.counts();
      for (const body of [{}, { name }, { tags: ['a'], config: { latencyMs: 5 } }, { endpoint: null }]) {
        const answer = await patch(id, 1, body);
        expect([answer.status, answer.body.generation]).toEqual([200, 1]);
      }
      expect(await catalog.counts()).toEqual(before);
    });

    it.each([
      ['in memory', { tags: ['a'], posting: 'offline', authRef: 'authref://env/TOKEN' }],
      ['a host agent', { type: 'runtime_host', provider: 'agent', config: { agentId: 'web-1' } }],
      ['GitHub', { provider: 'github_app', authRef: 'authref://env/KEY', config: { appId: '1' } }],
      ['a self-hosted server', { endpoint: 'https://git.example.com/base' }],
    ])('accepts every field as it was read, and changes nothing by that: %s', async (_which, overrides) => {
      const { id } = await register(admin, overrides);
      const { body } = await admin.call<IntegrationView>('GET', `integrations/${id}`);
      const { name, description, endpoint, authRef, config, tags, posting, healthCheck, maintenance } = body;
      const read = { name, description, endpoint, authRef, config, tags, posting, healthCheck, maintenance };
      const answer = await patch(id, 1, read);
      expect([answer.status, answer.body]).toEqual([200, body]);
      const renamed = await patch(id, 1, { ...read, name: `renamed ${id}` });
      expect([renamed.status, renamed.body.endpoint]).toEqual([200, endpoint]);
    });

    const probing = (id: string) =>
      catalog.sql(
        `UPDATE probe_target SET due_at = now() + interval '1 hour', lease_until = now() + interval '1 minute',
         lease_token = gen_random_uuid(), woken = false
         WHERE key = (SELECT target FROM probe_schedule WHERE integration_id = $1)`,
        [id],
      );

    it.each([
      ['the endpoint', { endpoint: 'https://example.com' }],
      ['the credential', { authRef: 'authref://env/OTHER' }],
      ['the config', { config: { latencyMs: 9 } }],
    ])('of %s makes a probe due at once and takes the lease from the probe in flight', async (_what, body) => {
      const { id } = await register(admin);
      await probing(id);
      await patch(id, 1, body);
      const due = await schedule(id);
      expect(due).toMatchObject({ lease_token: null });
      expect(due!.lag).toBeGreaterThanOrEqual(0);
    });

    it('of the interval makes a probe due after the one in flight', async () => {
      const { id } = await register(admin);
      await probing(id);
      await patch(id, 1, { healthCheck: { intervalSeconds: 10 } });
      const due = await schedule(id);
      expect(due).toMatchObject({ interval: 10, lease_token: expect.any(String), woken: true });
      expect(due!.lag).toBeGreaterThanOrEqual(0);
    });

    it('of the name does not affect probes', async () => {
      const { id } = await register(admin);
      await probing(id);
      await patch(id, 1, { name: `renamed ${id}` });
      expect((await schedule(id))!.lag).toBeLessThan(-3_000);
    });

    it('of the interval does not schedule a disabled integration', async () => {
      const { id } = await register(admin, { enabled: false });
      expect((await patch(id, 1, { healthCheck: { intervalSeconds: 10 } })).status).toBe(200);
      expect(await schedule(id)).toBeUndefined();
    });
  });

  describe('ETags', () => {
    it.each(['PATCH', 'DELETE'])(
      'are required in If-Match for %s, which otherwise answers 428 and writes nothing',
      async (method) => {
        const { id } = await register(admin);
        const before = await catalog.counts();
        const body = method === 'PATCH' ? { tags: ['x'] } : undefined;
        expectProblem(
          await admin.call(method, `integrations/${id}`, { body }),
          428,
          'precondition_required',
          'headers.if-match',
        );
        expect(await catalog.counts()).toEqual(before);
      },
    );

    it.each(['PATCH', 'DELETE'])('that are not current make %s fail with 412', async (method) => {
      const { id } = await register(admin);
      const before = await catalog.counts();
      for (const ifMatch of ['"g2"', 'W/"g2"', '"other"']) {
        const answer = await admin.call(method, `integrations/${id}`, {
          body: method === 'PATCH' ? { tags: ['x'] } : undefined,
          headers: { 'if-match': ifMatch },
        });
        expectProblem(answer, 412, 'precondition_failed');
      }
      expect(await catalog.counts()).toEqual(before);
    });

    it('may be given as * or in a list, and a malformed one is named in the error', async () => {
      const { id } = await register(admin);
      const send = (ifMatch: string, tag: string) =>
        admin.call('PATCH', `integrations/${id}`, { body: { tags: [tag] }, headers: { 'if-match': ifMatch } });
      expect((await send('*', 'x')).status).toBe(200);
      expect((await send('"g1", "g2"', 'y')).status).toBe(200);
      expectProblem(await send('g3', 'z'), 400, 'invalid_request', 'headers.if-match');
    });

    it('let exactly one of many concurrent changes succeed', async () => {
      const { id } = await register(admin);
      const tags = Array.from({ length: 8 }, (_, nth) => `t${nth}`);
      const answers = await Promise.all(tags.map((tag) => patch<unknown>(id, 1, { tags: [tag] })));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 7 }, () => 412)]);
      expect(await events(id)).toHaveLength(2);
    });
  });

  describe('enable and disable', () => {
    it('put it on the schedule and take it off, each with an event', async () => {
      const { id } = await register(admin, { healthCheck: { intervalSeconds: 30 } });
      const disabled = await admin.call<IntegrationView>('POST', `integrations/${id}/disable`);
      expect([disabled.status, disabled.body.enabled, disabled.headers.get('etag')]).toEqual([200, false, '"g2"']);
      expect(await schedule(id)).toBeUndefined();

      const enabled = await admin.call<IntegrationView>('POST', `integrations/${id}/enable`);
      expect([enabled.status, enabled.body.enabled, enabled.headers.get('etag')]).toEqual([200, true, '"g3"']);
      expect(await schedule(id)).toMatchObject({ interval: 30 });

      const data = { reason: 'manual' };
      expect(await events(id)).toEqual([
        expect.anything(),
        { event: 'disabled', generation: 2, data },
        { event: 'enabled', generation: 3, data },
      ]);
      expect((await audit(id)).map(({ action }) => action)).toEqual([
        'integration.registered',
        'integration.disabled',
        'integration.enabled',
      ]);
    });

    it('do nothing when there is nothing to change', async () => {
      const { id } = await register(admin);
      const before = await catalog.counts();
      const answer = await admin.call<IntegrationView>('POST', `integrations/${id}/enable`, { body: {} });
      expect([answer.status, answer.body.generation]).toEqual([200, 1]);
      expect(await catalog.counts()).toEqual(before);
    });

    it('respect If-Match when it is given', async () => {
      const { id } = await register(admin);
      const answer = await admin.call('POST', `integrations/${id}/disable`, { headers: { 'if-match': '"g7"' } });
      expectProblem(answer, 412, 'precondition_failed');
    });

    it('succeed in spite of concurrent changes', async () => {
      const { id } = await register(admin);
      const [disabled, ...others] = await Promise.all([
        admin.call('POST', `integrations/${id}/disable`),
        ...['a', 'b', 'c'].map((tag) =>
          admin.call('PATCH', `integrations/${id}`, { body: { tags: [tag] }, headers: { 'if-match': '*' } }),
        ),
      ]);
      expect([disabled, ...others].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect(await schedule(id)).toBeUndefined();
      const { body } = await admin.call<IntegrationView>('GET', `integrations/${id}`);
      expect([body.enabled, body.generation]).toEqual([false, 5]);
    });
  });

  describe('DELETE', () => {
    it('removes it: 204, and afterwards 404 on every route', async () => {
      const { id, name } = await register(admin);
      const gone = await admin.call('DELETE', `integrations/${id}`, { headers: { 'if-match': '"g1"' } });
      expect([gone.status, gone.text]).toEqual([204, '']);
      expect(await schedule(id)).toBeUndefined();
      expect(await events(id)).toEqual([expect.anything(), { event: 'deleted', generation: 2, data: {} }]);
      expect(await audit(id)).toMatchObject([{}, { action: 'integration.deleted' }]);

      const before = await catalog.counts();
      const headers = { 'if-match': '*' };
      for (const [method, path, options] of [
        ['GET', '', {}],
        ['GET', '/health', {}],
        ['PATCH', '', { body: { tags: [] }, headers }],
        ['DELETE', '', { headers }],
        ['POST', '/enable', {}],
        ['POST', '/disable', {}],
        ['POST', '/test', {}],
      ] as const) {
        expectProblem(await admin.call(method, `integrations/${id}${path}`, options), 404, 'not_found');
      }
      expect(await catalog.counts()).toEqual(before);
      expect((await register(admin, { name })).name).toBe(name);
    });
  });

  describe('a name', () => {
    it('is unique in a tenant regardless of case: 409 names the field and nothing is written', async () => {
      const { name } = await register(admin, { name: 'The One' });
      const before = await catalog.counts();
      const again = await admin.call('POST', 'integrations', { body: registration({ name: name.toUpperCase() }) });
      expectProblem(again, 409, 'conflict', 'name');
      const other = await register(admin);
      expectProblem(await patch(other.id, 1, { name }), 409, 'conflict', 'name');
      const after = await catalog.counts();
      expect(after['integration']).toBe(before['integration']! + 1);
      expect(after['outbox']).toBe(before['outbox']! + 1);
    });

    it('stays unique under concurrent requests', async () => {
      const body = registration({ name: 'wanted by many' });
      const answers = await Promise.all(Array.from({ length: 6 }, () => admin.call('POST', 'integrations', { body })));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    });
  });

  it('is published to JetStream in order, without gaps, and without the reference to the credential', async () => {
    const received: { subject: string; sequence: number; text: string }[] = [];
    const subscription = catalog.nats.subscribe('integrations.v1.evt.acme.scm.>', {
      callback: (_error, message) => {
        const { sequence } = message.json<{ sequence: number }>();
        received.push({ subject: message.subject, sequence, text: message.string() });
      },
    });
    await catalog.nats.flush();
    const { id } = await register(admin, { authRef: 'authref://file/customer-x/key' });
    await patch(id, 1, { authRef: 'authref://file/customer-y/key' });
    await admin.call('POST', `integrations/${id}/disable`);
    await admin.call('DELETE', `integrations/${id}`, { headers: { 'if-match': '*' } });

    const mine = () => received.filter(({ subject }) => subject.includes(id));
    await eventually('all four', () => mine().length === 4);
    subscription.unsubscribe();
    expect(mine().map(({ subject, sequence }) => [subject.split('.').at(-1), sequence])).toEqual([
      ['registered', 1],
      ['updated', 2],
      ['disabled', 3],
      ['deleted', 4],
    ]);
    expect(mine().every(({ text }) => !text.includes('customer-'))).toBe(true);
    const trail = JSON.stringify(await audit(id));
    expect(trail).not.toContain('customer-');
  });

  it('is written completely or not at all: without the audit entry, nothing else is written', async () => {
    const { id } = await register(admin);
    const before = await catalog.counts();
    await catalog.sql('ALTER TABLE audit_entry ADD CONSTRAINT audit_full CHECK (actor IS NULL) NOT VALID');
    try {
      const answers = await Promise.all([
        admin.call('POST', 'integrations', { body: registration() }),
        patch(id, 1, { tags: ['x'] }),
        admin.call('POST', `integrations/${id}/disable`),
        admin.call('DELETE', `integrations/${id}`, { headers: { 'if-match': '*' } }),
      ]);
      for (const answer of answers) {
        expectProblem(answer as Answer<unknown>, 500, 'internal');
        expect(answer.text).not.toMatch(/audit_|constraint/);
      }
      expect(await catalog.counts()).toEqual(before);
    } finally {
      await catalog.sql('ALTER TABLE audit_entry DROP CONSTRAINT audit_full');
    }
    const { body } = await admin.call<IntegrationView>('GET', `integrations/${id}`);
    expect([body.generation, body.enabled]).toEqual([1, true]);
  });
});
