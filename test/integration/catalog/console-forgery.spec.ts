import { newApiToken } from '@integrations/secrets';
import { cookieOf, FROM_CONSOLE, signedIn, signIn } from './console';
import { expectProblem, register, registration, startCatalog, type TestCatalog, type TestClient } from './support';

describe("the console's cookie", () => {
  let catalog: TestCatalog;
  let acme: TestClient;
  let rival: TestClient;
  let cookie: string;

  beforeAll(async () => {
    catalog = await startCatalog();
    acme = await catalog.client({ tenantId: 'acme' });
    rival = await catalog.client({ tenantId: 'rival' });
    cookie = cookieOf(await signIn(catalog, acme.token));
  });
  afterAll(() => catalog.close());

  it.each([
    ['no console header', {}],
    ["another script's header", { 'x-requested-with': 'XMLHttpRequest' }],
    ['an empty header', { 'x-requested-with': '' }],
  ])('is worthless with %s, as in a request from a foreign page', async (_what, headers) => {
    const before = await catalog.counts();
    const forged = catalog.anonymous({ cookie, ...(headers as Record<string, string>) });
    expectProblem(await forged.call('GET', 'integrations'), 401, 'unauthorized');
    expectProblem(await forged.call('POST', 'integrations', { body: registration() }), 401, 'unauthorized');
    expectProblem(await forged.call('GET', '/console/session'), 401, 'unauthorized');
    const field = 'headers.x-requested-with';
    expectProblem(await forged.call('DELETE', '/console/session'), 403, 'forbidden', field);
    const signingIn = await forged.call('POST', '/console/session', { body: { token: rival.token } });
    expectProblem(signingIn, 403, 'forbidden', field);
    expect(signingIn.headers.getSetCookie()).toEqual([]);
    expect(await catalog.counts()).toEqual(before);
  });

  it('is protected by a header that other origins may not send', async () => {
    const preflight = await catalog.anonymous().call('OPTIONS', '/console/session', {
      headers: {
        origin: 'https://evil.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-requested-with',
      },
    });
    expect(preflight.status).toBe(405);
    expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control-allow'))).toEqual([]);
  });

  it('is ignored beside an Authorization header, whether that is valid or not', async () => {
    const both = (authorization: string) => catalog.anonymous({ ...FROM_CONSOLE, cookie, authorization });
    const { body } = await both(`Bearer ${rival.token}`).call('GET', '/console/session');
    expect(body).toMatchObject({ tenantId: 'rival' });
    const wrong = await both(`Bearer ${newApiToken()}`).call('GET', 'integrations');
    expectProblem(wrong, 401, 'unauthorized');
    expectProblem(await both('Basic YWRhOng=').call('GET', 'integrations'), 401, 'unauthorized');
  });

  it.each(['cross-site', 'same-site'])('lets no %s page act by the token that a proxy sends along', async (site) => {
    const admin = await catalog.client({ tenantId: 'behind-proxy' });
    const { id } = await register(admin);
    const before = await catalog.counts();
    // As a form on that page posts it, which CORS does not prevent.
    const sent = { 'sec-fetch-site': site, 'content-type': 'application/x-www-form-urlencoded' };
    const behindProxy = catalog.anonymous({ authorization: `Bearer ${admin.token}`, ...sent });
    for (const path of ['annotations/offline/replay', `integrations/${id}/disable`, `integrations/${id}/test`]) {
      expectProblem(await behindProxy.call('POST', path), 403, 'forbidden', 'headers.sec-fetch-site');
    }
    expect(await catalog.counts()).toEqual(before);
    // Following a link is allowed: the page cannot read the answer.
    expect((await behindProxy.call('GET', `integrations/${id}`)).status).toBe(200);
  });

  it.each(['same-origin', 'none'])(
    'leaves a console page and a typed address free to act with that token: %s',
    async (site) => {
      const { status } = await acme.call('POST', 'annotations/offline/replay', { headers: { 'sec-fetch-site': site } });
      expect(status).toBe(202);
    },
  );

  it('shows each of two tenants on one server only its own integrations', async () => {
    const [ours, theirs] = [await signedIn(catalog, acme.token), await signedIn(catalog, rival.token)];
    const [a, b] = [await register(ours), await register(theirs)];
    const idsOf = async (session: TestClient) =>
      (await session.call<{ items: { id: string }[] }>('GET', 'integrations')).body.items.map(({ id }) => id);
    for (let turn = 0; turn < 5; turn += 1) {
      expect(await Promise.all([idsOf(ours), idsOf(theirs)])).toEqual([[a.id], [b.id]]);
    }
    expectProblem(await ours.call('GET', `integrations/${b.id}`), 404, 'not_found');
    const deleting = await theirs.call('DELETE', `integrations/${a.id}`, { headers: { 'if-match': '*' } });
    expectProblem(deleting, 404, 'not_found');
  });
});
