import { API_SCOPES, newApiToken } from '@integrations/secrets';
import { expectProblem, register, registration, startCatalog, type TestCatalog, type TestClient } from './support';

const NOBODY = '01920000-0000-7000-8000-000000000001';
const DIGEST = `sha256:${'a'.repeat(64)}`;

/** Every route of the API, with the scope that it requires. */
const ROUTES = [
  ['GET', 'providers', 'integrations:read'],
  ['GET', 'providers/in_memory', 'integrations:read'],
  ['POST', 'integrations', 'integrations:write'],
  ['GET', 'integrations', 'integrations:read'],
  ['GET', 'integrations/summary', 'integrations:read'],
  ['GET', 'integrations/:id', 'integrations:read'],
  ['PATCH', 'integrations/:id', 'integrations:write'],
  ['DELETE', 'integrations/:id', 'integrations:write'],
  ['POST', 'integrations/:id/enable', 'integrations:write'],
  ['POST', 'integrations/:id/disable', 'integrations:write'],
  ['POST', 'integrations/:id/restore', 'integrations:write'],
  ['POST', 'integrations/:id/purge', 'integrations:write'],
  ['GET', 'integrations/:id/events', 'integrations:read'],
  ['GET', 'integrations/:id/dependents', 'integrations:read'],
  ['PUT', 'integrations/:id/dependents/scheduler', 'integrations:write'],
  ['DELETE', 'integrations/:id/dependents/scheduler', 'integrations:write'],
  ['POST', 'integrations/test', 'integrations:write'],
  ['POST', 'integrations/:id/test', 'integrations:test'],
  ['GET', 'integrations/:id/health', 'integrations:read'],
  ['GET', 'integrations/:id/repositories', 'integrations:test'],
  ['GET', 'integrations/:id/tags?repository=app', 'integrations:test'],
  ['GET', 'integrations/:id/digest?repository=app&reference=1', 'integrations:test'],
  ['GET', `integrations/:id/referrers?repository=app&digest=${DIGEST}`, 'integrations:test'],
  ['GET', 'integrations/:id/pipelines', 'integrations:test'],
  ['GET', 'integrations/:id/runs', 'integrations:test'],
  ['GET', 'integrations/:id/workloads', 'integrations:test'],
  ['GET', 'annotations', 'annotations:read'],
  ['GET', 'annotations/offline', 'annotations:read'],
  ['POST', 'annotations/offline/replay', 'annotations:write'],
  ['GET', `annotations/${NOBODY}`, 'annotations:read'],
  ['POST', `annotations/${NOBODY}/retry`, 'annotations:write'],
  ['POST', `annotations/${NOBODY}/cancel`, 'annotations:write'],
  ['GET', 'audit', 'audit:read'],
  ['GET', 'audit/verify', 'audit:read'],
  ['PUT', 'secrets/github/app-key', 'secrets:write'],
] as const;

describe('access to the API', () => {
  let catalog: TestCatalog;
  let acme: TestClient;
  let rival: TestClient;
  let id: string;

  beforeAll(async () => {
    catalog = await startCatalog();
    acme = await catalog.client({ tenantId: 'acme' });
    rival = await catalog.client({ tenantId: 'rival' });
    ({ id } = await register(acme, { name: 'Ours' }));
  });
  afterAll(() => catalog.close());

  const send = (client: TestClient, method: string, path: string) =>
    client.call(method, path.replace(':id', id), {
      body: { POST: registration(), PATCH: { tags: ['stolen'] } }[
        path.endsWith('integrations') || method === 'PATCH' ? method : ''
      ],
      headers: { 'if-match': '*' },
    });

  it('is tested below for every route there is', async () => {
    const { body } = await catalog.anonymous().call<{ paths: Record<string, object> }>('GET', '/docs-json');
    const described = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const tested = ROUTES.map(([method, path]) =>
      `${method} /api/v1/${path}`
        .replace(/\?.*/, '')
        .replace(':id', '{id}')
        .replace(NOBODY, '{operationId}')
        .replace('in_memory', '{provider}')
        .replace('scheduler', '{consumer}')
        .replace('github/app-key', '{path}'),
    );
    expect(described.sort()).toEqual([...tested].sort());
  });

  describe.each(ROUTES)('%s %s', (method, path, scope) => {
    it('requires a token', async () => {
      const before = await catalog.counts();
      const answer = await send(catalog.anonymous(), method, path);
      expectProblem(answer, 401, 'unauthorized');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="integrations"');
      expect(await catalog.counts()).toEqual(before);
    });

    it(`refuses a token with every scope except ${scope}`, async () => {
      const before = await catalog.counts();
      const scopes = API_SCOPES.filter((other) => other !== scope);
      const answer = await send(await catalog.client({ scopes }), method, path);
      expectProblem(answer, 403, 'forbidden');
      expect(answer.body['detail']).toContain(scope);
      expect(answer.headers.get('www-authenticate')).toContain(`error="insufficient_scope", scope="${scope}"`);
      expect(await catalog.counts()).toEqual(before);
    });

    it(`accepts a token whose only scope is ${scope}`, async () => {
      const { status } = await send(await catalog.client({ tenantId: 'third', scopes: [scope] }), method, path);
      expect([401, 403]).not.toContain(status);
    });
  });

  it.each([
    ['unknown', () => `Bearer ${newApiToken()}`],
    ['empty', () => 'Bearer '],
    ['sent with another scheme', () => `Basic ${Buffer.from(`x:${acme.token}`).toString('base64')}`],
    ['sent without a scheme', () => acme.token],
    ['followed by other text', () => `Bearer ${acme.token} x`],
    ['cut off', () => `Bearer ${acme.token.slice(0, -1)}`],
    ['in another case', () => `Bearer ${acme.token.toUpperCase()}`],
    ['given as its hash', () => `Bearer ${'a'.repeat(64)}`],
    ['very long', () => `Bearer ${'x'.repeat(8_000)}`],
    ['SQL', () => `Bearer ' OR 1=1 --`],
  ])('is refused with a token that is %s', async (_what, authorization) => {
    const answer = await catalog.anonymous({ authorization: authorization() }).call('GET', 'integrations');
    expectProblem(answer, 401, 'unauthorized');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="integrations", error="invalid_token"');
    expect(answer.text).not.toContain(acme.token.slice(0, 12));
  });

  it('accepts the scheme in any case', async () => {
    const { status } = await catalog.anonymous({ authorization: `bearer ${acme.token}` }).call('GET', 'integrations');
    expect(status).toBe(200);
  });

  it('ignores a token in the query string', async () => {
    const answer = await catalog.anonymous().call('GET', `integrations?access_token=${acme.token}`);
    expectProblem(answer, 401, 'unauthorized');
    expect(answer.text).not.toContain(acme.token);
  });

  it('is refused as soon as the token has been removed', async () => {
    const client = await catalog.client({ name: 'short-lived' });
    expect((await client.call('GET', 'integrations')).status).toBe(200);
    await catalog.sql(`DELETE FROM api_token WHERE name = 'short-lived'`);
    expectProblem(await client.call('GET', 'integrations'), 401, 'unauthorized');
  });

  describe('for a tenant', () => {
    it.each(ROUTES.filter(([, path]) => path.includes(':id')))(
      'shows nothing of another tenant: %s %s',
      async (method, path) => {
        const before = await catalog.counts();
        expectProblem(await send(rival, method, path), 404, 'not_found');
        expect(await catalog.counts()).toEqual(before);
        expect((await acme.call('GET', `integrations/${id}`)).body).toMatchObject({ generation: 1, enabled: true });
      },
    );

    it('lists only its own integrations', async () => {
      const { id: theirs } = await register(rival);
      const idsOf = async (client: TestClient) =>
        (await client.call<{ items: { id: string }[] }>('GET', 'integrations')).body.items.map((item) => item.id);
      expect(await idsOf(rival)).toEqual([theirs]);
      expect(await idsOf(acme)).not.toContain(theirs);
    });

    it('allows a name that another tenant uses, without revealing that', async () => {
      expect((await register(rival, { name: 'Ours' })).name).toBe('Ours');
    });

    it('cannot be directed to another tenant by the body, a header or a foreign cursor', async () => {
      const body = registration({ tenantId: 'rival' });
      expectProblem(await acme.call('POST', 'integrations', { body }), 400, 'invalid_request', 'tenantId');
      const { body: theirs } = await rival.call<{ items: { tenantId: string }[] }>('GET', 'integrations?limit=1', {
        headers: { tenant: 'acme', 'x-tenant': 'acme' },
      });
      expect(theirs.items.every(({ tenantId }) => tenantId === 'rival')).toBe(true);

      await register(acme);
      const page = await acme.call<{ nextCursor: string }>('GET', 'integrations?limit=1');
      const stolen = await rival.call<{ items: { tenantId: string }[] }>(
        'GET',
        `integrations?cursor=${page.body.nextCursor}`,
      );
      expect(stolen.body.items.every(({ tenantId }) => tenantId === 'rival')).toBe(true);
    });
  });

  it('needs no token for health, metrics and the API description', async () => {
    for (const path of ['/health/live', '/health/ready', '/metrics', '/docs', '/docs-json']) {
      expect([path, (await catalog.anonymous().call('GET', path)).status]).toEqual([path, 200]);
    }
  });
});
