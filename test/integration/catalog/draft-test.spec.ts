import { failed, ProbeDraftRequest, type ProbeVerdict, RPC, succeeded, validate } from '@integrations/contracts';
import type { Msg } from '@nats-io/transport-node';
import { LONGEST_SUBJECT } from '../../../apps/catalog-api/src/access/oidc/read-claims';
import { expectProblem, register, startCatalog, type TestCatalog, type TestClient } from './support';

const VERDICT: ProbeVerdict = {
  status: 'healthy',
  code: 'ok',
  message: 'answers',
  remediation: 'Nothing to do.',
  stages: [],
  latencyMs: 12,
  checkedAt: '2026-01-01T00:00:00.000Z',
  warnings: [],
};
const DRAFT = { type: 'scm', provider: 'in_memory' };

describe('POST /integrations/test', () => {
  let catalog: TestCatalog;
  let admin: TestClient;
  let asked: { body: Record<string, unknown>; tenant: string | undefined }[];
  let reply: (message: Msg) => object;

  beforeAll(async () => {
    catalog = await startCatalog();
    admin = await catalog.client({ name: 'drafter' });
    catalog.nats.subscribe(RPC.probeDraft, {
      callback: (_error, message) => {
        asked.push({ body: message.json(), tenant: message.headers?.get('tenant') });
        message.respond(JSON.stringify(reply(message)));
      },
    });
    await catalog.nats.flush();
  });
  beforeEach(() => {
    asked = [];
    reply = () => succeeded(VERDICT);
  });
  afterAll(() => catalog.close());

  const test = (body: unknown, client = admin) => client.call('POST', 'integrations/test', { body });

  it('passes the normalised draft to the health-worker, and returns its verdict', async () => {
    const body = {
      ...DRAFT,
      endpoint: 'https://GHE.example.com:443/',
      authRef: 'authref://env/TOKEN',
      config: { latencyMs: 5 },
      tags: ['a'],
    };
    const answer = await test(body);
    expect([answer.status, answer.body]).toEqual([200, VERDICT]);
    const { authRef, config } = body;
    const request = { provider: 'in_memory', endpoint: 'https://ghe.example.com', authRef, config };
    expect(asked).toEqual([{ tenant: 'acme', body: { ...request, requestedBy: 'drafter' } }]);
  });

  it("leaves the provider's default address to the health-worker", async () => {
    await test({ ...DRAFT, name: 'Named', endpoint: null });
    expect(asked[0]!.body['endpoint'] ?? null).toBeNull();
  });

  it('sends a request that is valid by the contract', async () => {
    await test(DRAFT);
    expect(validate(ProbeDraftRequest, asked[0]!.body)).toMatchObject({ ok: true });
  });

  it('sends a valid request for any token name, however long', async () => {
    const name = 'x'.repeat(LONGEST_SUBJECT);
    expect((await test(DRAFT, await catalog.client({ name }))).status).toBe(200);
    expect(validate(ProbeDraftRequest, asked[0]!.body)).toMatchObject({ ok: true, value: { requestedBy: name } });
  });

  it('stores nothing', async () => {
    const before = await catalog.counts();
    await test({ ...DRAFT, name: 'Nobody' });
    expect(await catalog.counts()).toEqual(before);
  });

  it.each([
    ['type', { ...DRAFT, type: 'registry' }],
    ['provider', { ...DRAFT, provider: 'gitlub' }],
    ['config.latencyMs', { ...DRAFT, config: { latencyMs: -1 } }],
    ['endpoint', { ...DRAFT, endpoint: 'ftp://example.com' }],
    ['authRef', { ...DRAFT, authRef: 'hunter2' }],
    ['name', { ...DRAFT, name: '' }],
    ['colour', { ...DRAFT, colour: 'red' }],
    ['config.token', { ...DRAFT, config: { token: 'hunter2' } }],
    ['integrationId', { ...DRAFT, integrationId: 'seven' }],
    ['integrationId', { ...DRAFT, integrationId: 7 }],
    ['type', {}],
    ['', []],
    ['', 'draft'],
    ['', undefined],
  ])('refuses an invalid %s without asking the health-worker: %j', async (field, body) => {
    const answer = await test(body);
    expectProblem(answer, 400, 'invalid_request', field);
    expect(answer.text).not.toContain('hunter2');
    expect(asked).toEqual([]);
  });

  it('needs the scope to register, because it sends credentials to an address in the request', async () => {
    const tester = await catalog.client({ scopes: ['integrations:read', 'integrations:test'] });
    expectProblem(await test(DRAFT, tester), 403, 'forbidden');
    expect(asked).toEqual([]);
  });

  describe('with the stored credential of an integration', () => {
    it("sends the integration's id, and leaves its address and credential out of the request", async () => {
      const { id } = await register(admin, {
        authRef: 'authref://env/STORED',
        endpoint: 'https://ours.example',
        config: { requireCredential: true },
      });
      expect((await test({ ...DRAFT, integrationId: id.toUpperCase(), config: { latencyMs: 3 } })).status).toBe(200);
      const body = { integrationId: id, provider: 'in_memory', config: { latencyMs: 3 }, requestedBy: 'drafter' };
      expect(asked).toEqual([{ tenant: 'acme', body }]);
    });

    it('returns the fields that the health-worker refuses', async () => {
      const { id } = await register(admin);
      reply = () => failed('invalid_request', 'no', { details: [{ field: 'endpoint', message: 'leave it out' }] });
      const answer = await test({ ...DRAFT, integrationId: id, endpoint: 'https://evil.example' });
      expectProblem(answer, 400, 'invalid_request', 'endpoint');
      expect(asked[0]!.body['endpoint']).toBe('https://evil.example');
    });

    it('validates the draft as strictly as one without an integration', async () => {
      const { id } = await register(admin);
      for (const [field, draft] of [
        ['config.latencyMs', { config: { latencyMs: 'long' } }],
        ['config', { config: 7 }],
        ['endpoint', { endpoint: 'https://user:hunter2@evil.example' }],
      ] as const) {
        expectProblem(await test({ ...DRAFT, integrationId: id, ...draft }), 400, 'invalid_request', field);
      }
      expect(asked).toEqual([]);
    });

    it('does not find an integration that is deleted or belongs to another tenant', async () => {
      const { id } = await register(await catalog.client({ tenantId: 'rival' }));
      const gone = await register(admin);
      await admin.call('DELETE', `integrations/${gone.id}`, { headers: { 'if-match': '*' } });
      for (const integrationId of [id, gone.id]) {
        expectProblem(await test({ ...DRAFT, integrationId }), 404, 'not_found');
      }
      expect(asked).toEqual([]);
    });
  });
});
