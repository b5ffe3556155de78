import { newApiToken } from '@integrations/secrets';
import { cookieOf, FROM_CONSOLE, signedIn, signIn } from './console';
import { AUDIENCE, newKey } from '../../support/access-tokens';
import { TestIssuer } from './issuer';
import { expectProblem, register, startCatalog, type TestCatalog, type TestClient } from './support';

// The provider logs at each start that it is not set up for production.
beforeAll(() => (['info', 'warn'] as const).forEach((level) => jest.spyOn(console, level).mockImplementation()));
afterAll(() => jest.restoreAllMocks());

describe('a console session', () => {
  let issuer: TestIssuer;
  let catalog: TestCatalog;
  let acme: TestClient;

  beforeAll(async () => {
    issuer = await TestIssuer.start(await newKey('RS256', 'first'));
    catalog = await startCatalog({
      trustedProxies: ['127.0.0.1'],
      authFailuresPerMinute: 1_000,
      oidcIssuer: issuer.url,
      oidcAudience: AUDIENCE,
    });
    acme = await catalog.client({ name: 'ada', scopes: ['integrations:read', 'integrations:write', 'audit:read'] });
  });
  afterAll(async () => {
    await catalog.close();
    await issuer.down();
  });

  const ada = {
    tenantId: 'acme',
    name: 'ada',
    scopes: ['integrations:read', 'integrations:write', 'audit:read'],
  };

  it('begins with a token, kept in a cookie that no script can read and no other site can send', async () => {
    const answer = await signIn(catalog, acme.token);
    expect([answer.status, answer.body]).toEqual([200, ada]);
    expect(answer.headers.getSetCookie()).toEqual([`integrations=${acme.token}; Path=/; HttpOnly; SameSite=Strict`]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('is bound to TLS and to its host when the browser uses TLS', async () => {
    const https = { 'x-forwarded-proto': 'https' };
    const answer = await signIn(catalog, acme.token, https);
    const cookie = `__Host-integrations=${acme.token}`;
    expect(answer.headers.getSetCookie()).toEqual([`${cookie}; Path=/; HttpOnly; SameSite=Strict; Secure`]);
    expect((await catalog.anonymous({ ...FROM_CONSOLE, ...https, cookie }).call('GET', 'integrations')).status).toBe(
      200,
    );
    // Any host of the same site could have planted this one.
    const planted = catalog.anonymous({ ...FROM_CONSOLE, ...https, cookie: `integrations=${acme.token}` });
    expectProblem(await planted.call('GET', 'integrations'), 401, 'unauthorized');
  });

  it('ignores a cookie whose name only resembles its own', async () => {
    const { token } = await catalog.client({ tenantId: 'rival', name: 'mallory' });
    const own = `__Host-integrations=${acme.token}`;
    // To browsers this name lacks the `__Host-` prefix, so any host of the same site could have planted it.
    for (const planted of [`\u00a0__Host-integrations=${token}`, `a=b; \u00a0__Host-integrations=${token}`]) {
      const https = { ...FROM_CONSOLE, 'x-forwarded-proto': 'https' };
      const victim = catalog.anonymous({ ...https, cookie: `${planted}; ${own}` });
      expect((await victim.call('GET', '/console/session')).body).toEqual(ada);
      const stranger = catalog.anonymous({ ...https, cookie: planted });
      expectProblem(await stranger.call('GET', '/console/session'), 401, 'unauthorized');
    }
  });

  it('shows its identity, and reads and writes in the name of its token', async () => {
    const session = await signedIn(catalog, acme.token);
    const told = await session.call('GET', '/console/session');
    expect([told.status, told.body, told.headers.get('cache-control')]).toEqual([200, ada, 'no-store']);
    const { id } = await register(session);
    expect((await session.call('GET', `integrations/${id}`)).body).toMatchObject({ id, tenantId: 'acme' });
    const { body } = await session.call('GET', `audit?integrationId=${id}`);
    expect(body).toMatchObject({ items: [{ actor: 'ada' }] });
    expectProblem(await session.call('POST', `integrations/${id}/test`), 403, 'forbidden');
  });

  it('can begin with an access token of the issuer', async () => {
    const session = await signedIn(catalog, await issuer.token('acme-scanner'));
    expect((await session.call('GET', '/console/session')).body).toMatchObject({
      tenantId: 'acme',
      name: 'acme-scanner',
    });
    expect((await session.call('GET', 'integrations')).status).toBe(200);
  });

  it('needs no sign-in when a proxy adds a bearer header', async () => {
    const behindProxy = catalog.anonymous({ authorization: `Bearer ${await issuer.token('acme-scanner')}` });
    const { status, body } = await behindProxy.call('GET', '/console/session');
    expect([status, body]).toEqual([200, expect.objectContaining({ tenantId: 'acme', name: 'acme-scanner' })]);
  });

  it('is found among other cookies', async () => {
    const cookie = cookieOf(await signIn(catalog, acme.token));
    for (const cookies of [`a=b; ${cookie}`, `myintegrations=x;${cookie};c`, `integrations2=x; =; ${cookie}; d=e=f`]) {
      const client = catalog.anonymous({ ...FROM_CONSOLE, cookie: cookies });
      expect([cookies, (await client.call('GET', 'integrations')).status]).toEqual([cookies, 200]);
    }
  });

  it('ends for the browser when the user signs out', async () => {
    const session = await signedIn(catalog, acme.token);
    const answer = await session.call('DELETE', '/console/session');
    expect([answer.status, answer.text, answer.headers.get('cache-control')]).toEqual([204, '', 'no-store']);
    expect(answer.headers.getSetCookie()).toEqual([
      '__Host-integrations=; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=0',
      'integrations=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0',
    ]);
    expect(cookieOf(answer)).toBe('');
    expectProblem(await catalog.anonymous(FROM_CONSOLE).call('GET', '/console/session'), 401, 'unauthorized');
  });

  it('ends at once when its token is revoked', async () => {
    const { token } = await catalog.client({ name: 'leaver' });
    const session = await signedIn(catalog, token);
    expect((await session.call('GET', '/console/session')).status).toBe(200);
    await catalog.sql(`DELETE FROM api_token WHERE name = 'leaver'`);
    expectProblem(await session.call('GET', '/console/session'), 401, 'unauthorized');
    expectProblem(await session.call('GET', 'integrations'), 401, 'unauthorized');
  });

  it('does not begin with a wrong token', async () => {
    const token = newApiToken();
    const answer = await signIn(catalog, token);
    expectProblem(answer, 401, 'unauthorized');
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(answer.text).not.toContain(token);
  });

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['a number', 7],
    ['a list', [newApiToken()]],
    ['one with cookie attributes in it', 'secret-token; Domain=example.com'],
    ['one with a line break', 'secret-token\r\nset-cookie: a=b'],
    ['one with quotes', '"secret-token"'],
    ['one larger than a cookie', `secret-token${'x'.repeat(4_000)}`],
  ])('does not begin with an invalid token: %s', async (_what, token) => {
    const answer = await signIn(catalog, token);
    expectProblem(answer, 400, 'invalid_request', 'token');
    expect(answer.text).not.toContain('secret-token');
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it.each([
    ['broken JSON', '{"token": "secret-token'],
    ['text', '"secret-token"'],
    ['an unknown field', '{"token": "secret-token", "tenantId": "rival"}'],
  ])('does not begin with %s, and the answer does not repeat it', async (_what, raw) => {
    const answer = await catalog.anonymous(FROM_CONSOLE).call('POST', '/console/session', { raw });
    expectProblem(answer, 400, 'invalid_request');
    expect(answer.text).not.toContain('secret-token');
  });

  it('reports a token too large for a cookie, and accepts the longest that fits', async () => {
    const { body } = await signIn(catalog, 'x'.repeat(4_001));
    expect(body).toMatchObject({ detail: expect.stringContaining('at most 4000 characters') });
    const longest = await signIn(catalog, 'x'.repeat(4_000));
    expectProblem(longest, 401, 'unauthorized');
    const attributes = '__Host-integrations=; Path=/; HttpOnly; SameSite=Strict; Secure';
    expect(attributes.length + 4_000).toBeLessThanOrEqual(4_096);
  });

  it('allows no other methods, and is not in the API description', async () => {
    const answer = await catalog.anonymous(FROM_CONSOLE).call('PUT', '/console/session', { body: {} });
    expectProblem(answer, 405, 'unsupported_operation');
    expect(answer.headers.get('allow')).toBe('DELETE, GET, HEAD, POST');
    expect((await catalog.anonymous().call('GET', '/docs-json')).text).not.toContain('console');
  });
});
