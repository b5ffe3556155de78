import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../../../scripts/stack/ports.ts';
import { AUDIENCE } from '../../support/access-tokens';
import { API_SCOPES, CLIENT_ID, CLIENT_SECRET, IdentityProvider } from '../../support/identity-provider';
import { temporaryDirectory } from '../../support/temporary';
import { WebBrowser } from '../../support/web-browser';
import * as signIn from './sign-in';
import { AUTHORIZE, CALLBACK } from './sign-in';
import { expectProblem, startCatalog, type TestCatalog } from './support';

const STRICT = 'Path=/; HttpOnly; SameSite=Strict';
const LAX = 'Path=/; HttpOnly; SameSite=Lax';

// The provider logs at its start that it is not set up for production.
beforeAll(() => (['info', 'warn'] as const).forEach((level) => jest.spyOn(console, level).mockImplementation()));
afterAll(() => jest.restoreAllMocks());

describe('signing in to the console at the issuer', () => {
  let provider: IdentityProvider;
  let catalog: TestCatalog;

  beforeAll(async () => {
    const port = await freePorts(1);
    const consoleUrl = `http://127.0.0.1:${port}`;
    provider = await IdentityProvider.start({ redirectUri: `${consoleUrl}${CALLBACK}` });
    const consoleOidcClientSecretFile = join(temporaryDirectory(), 'secret');
    writeFileSync(consoleOidcClientSecretFile, `${CLIENT_SECRET}\n`, { mode: 0o600 });
    const client = { consoleOidcClientId: CLIENT_ID, consoleOidcClientSecretFile, consoleUrl };
    const issuer = { oidcIssuer: provider.url, oidcAudience: AUDIENCE, authFailuresPerMinute: 1_000 };
    catalog = await startCatalog({ port, trustedProxies: ['127.0.0.1'], ...issuer, ...client });
  });
  afterAll(async () => {
    await catalog.close();
    await provider.down();
  });

  const begin = (browser: WebBrowser, path?: string) => signIn.begin(catalog, browser, path);
  const comeBackOf = (browser: WebBrowser, path?: string) => signIn.comeBackOf(catalog, browser, path);
  const sessionOf = (browser: WebBrowser) => signIn.sessionOf(catalog, browser);
  const expectFailure = (browser: WebBrowser, callback: string, failure: string) =>
    signIn.expectFailure(catalog, browser, callback, failure);

  it("is offered with the issuer's host", async () => {
    const { status, body } = await catalog.anonymous().call('GET', '/console/session/methods');
    expect([status, body]).toEqual([200, { identityProvider: new URL(provider.url).host }]);
  });

  it('goes to the issuer and back to the wanted page, with a session of the tenant and user in the token', async () => {
    const browser = new WebBrowser();
    const begun = await begin(browser);
    expect(begun.status).toBe(302);
    expect(begun.response.headers.get('cache-control')).toBe('no-store');
    expect(begun.setCookie).toEqual([
      expect.stringMatching(/^integrations-sign-in=\S+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/),
    ]);
    const asked = new URL(begun.location);
    expect(`${asked.origin}${asked.pathname}`).toBe(`${provider.url}/auth`);
    expect(Object.fromEntries(asked.searchParams)).toEqual({
      client_id: CLIENT_ID,
      response_type: 'code',
      redirect_uri: `${catalog.origin}${CALLBACK}`,
      scope: catalog.config.consoleOidcScopes,
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });

    const back = await browser.open(await browser.logIn(begun.location, 'grace'));
    expect([back.status, back.location]).toEqual([302, '/console/integrations?q=x']);
    expect(back.response.headers.get('cache-control')).toBe('no-store');
    expect(back.response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(back.setCookie).toEqual([
      `__Host-integrations-sign-in=; ${LAX}; Secure; Max-Age=0`,
      `integrations-sign-in=; ${LAX}; Max-Age=0`,
      expect.stringMatching(new RegExp(`^integrations=[\\w.-]+; ${STRICT}; Max-Age=(29\\d|300)$`)),
    ]);
    expect((await sessionOf(browser)).body).toEqual({
      tenantId: 'acme',
      name: 'grace',
      // Scopes that the provider did not grant are missing.
      scopes: API_SCOPES.split(' '),
    });
  });

  it('keeps its cookies to TLS and to its host when the browser uses TLS', async () => {
    const browser = new WebBrowser({ 'x-forwarded-proto': 'https' });
    expect((await begin(browser)).setCookie).toEqual([
      expect.stringMatching(/^__Host-integrations-sign-in=\S+; .*; Secure; Max-Age=600$/),
    ]);
    const back = await browser.open(await comeBackOf(browser));
    expect(back.setCookie).toContainEqual(expect.stringMatching(/^__Host-integrations=\S+; .*; Secure; Max-Age=\d+$/));
  });

  it('returns to the configured address, whatever host the request names', async () => {
    const browser = new WebBrowser({ 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' });
    const { location } = await begin(browser);
    expect(new URL(location).searchParams.get('redirect_uri')).toBe(`${catalog.origin}${CALLBACK}`);
  });

  it.each(['https://evil.example/console/', '//evil.example/console/', '/\\evil.example', '/console/..//evil.example'])(
    'does not return to another site: %s',
    async (wanted) => {
      const browser = new WebBrowser();
      const back = await browser.open(await comeBackOf(browser, wanted));
      expect(back.location).toBe('/console/');
    },
  );

  it('does not return to another site that a forged cookie names', async () => {
    const browser = new WebBrowser();
    const callback = await comeBackOf(browser);
    const parts = browser.cookies.get('integrations-sign-in')!.split('.');
    const forged = Buffer.from('//evil.example/console/').toString('base64url');
    browser.cookies.set('integrations-sign-in', [...parts.slice(0, 3), forged].join('.'));
    expect((await browser.open(callback)).location).toBe('/console/');
  });

  it.each(['cross-site', 'same-site'])('cannot be started by a %s page', async (site) => {
    const headers = { 'sec-fetch-site': site };
    const answer = await catalog.anonymous(headers).call('GET', AUTHORIZE);
    expectProblem(answer, 403, 'forbidden', 'headers.sec-fetch-site');
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  describe('fails', () => {
    it('in a browser other than the one that started it, or after it has expired', async () => {
      const callback = await comeBackOf(new WebBrowser());
      await expectFailure(new WebBrowser(), callback, 'expired');
    });

    it('when another sign-in has been started since, which still succeeds', async () => {
      const browser = new WebBrowser();
      const former = await comeBackOf(browser);
      const callback = await comeBackOf(browser, '/console/audit');
      await expectFailure(browser, former, 'expired');
      expect((await browser.open(callback)).location).toBe('/console/audit');
    });

    it('with a made-up state', async () => {
      const browser = new WebBrowser();
      const callback = new URL(await comeBackOf(browser));
      callback.searchParams.set('state', 'x'.repeat(43));
      await expectFailure(browser, callback.href, 'expired');
    });

    it('the second time, with or without the cookie', async () => {
      const browser = new WebBrowser();
      const callback = await comeBackOf(browser);
      const kept = browser.cookies.get('integrations-sign-in')!;
      await browser.open(callback);
      browser.cookies.clear();
      await expectFailure(browser, callback, 'expired');
      browser.cookies.set('integrations-sign-in', kept);
      await expectFailure(browser, callback, 'expired');
    });

    it('with the code of another browser, whose verifier differs', async () => {
      const [victim, attacker] = [new WebBrowser(), new WebBrowser()];
      const theirs = new URL(await comeBackOf(attacker));
      const ours = new URL(await comeBackOf(victim));
      ours.searchParams.set('code', theirs.searchParams.get('code')!);
      await expectFailure(victim, ours.href, 'expired');
    });

    it('with an invalid cookie', async () => {
      for (const cookie of ['x', 'a.b.c.d', `${'x'.repeat(43)}.`.repeat(3)]) {
        const browser = new WebBrowser();
        const callback = await comeBackOf(browser);
        browser.cookies.set('integrations-sign-in', cookie);
        await expectFailure(browser, callback, 'expired');
      }
    });

    it('with an answer of another issuer, or one without an issuer', async () => {
      for (const iss of ['https://evil.example', '']) {
        const browser = new WebBrowser();
        const callback = new URL(await comeBackOf(browser));
        if (iss) callback.searchParams.set('iss', iss);
        else callback.searchParams.delete('iss');
        await expectFailure(browser, callback.href, 'misconfigured');
      }
    });

    it('while the provider is unavailable, on the way there or back, and works again after that', async () => {
      const browser = new WebBrowser();
      const callback = await comeBackOf(browser);
      await provider.down();
      await expectFailure(browser, callback, 'unavailable');
      await provider.up();
      const back = await browser.open(await comeBackOf(browser));
      expect(back.location).toBe('/console/integrations?q=x');
    });
  });
});

describe('signing in to the console', () => {
  it('works only by token when no client is configured', async () => {
    const catalog = await startCatalog();
    try {
      const anonymous = catalog.anonymous();
      const { body } = await anonymous.call('GET', '/console/session/methods');
      expect(body).toEqual({ identityProvider: null });
      for (const path of [AUTHORIZE, CALLBACK]) {
        expectProblem(await anonymous.call('GET', path), 404, 'not_found');
      }
    } finally {
      await catalog.close();
    }
  });

  it('stops sending codes to the issuer from an address that makes them up', async () => {
    const consoleUrl = 'https://integrations.example';
    const provider = await IdentityProvider.start({ redirectUri: `${consoleUrl}${CALLBACK}`, clientAuth: 'none' });
    const issuer = { oidcIssuer: provider.url, oidcAudience: AUDIENCE, authFailuresPerMinute: 2 };
    const catalog = await startCatalog({ ...issuer, consoleOidcClientId: CLIENT_ID, consoleUrl });
    try {
      for (const failure of ['expired', 'expired', 'rate_limited']) {
        const browser = new WebBrowser();
        const state = new URL((await signIn.begin(catalog, browser)).location).searchParams.get('state')!;
        const answer = new URLSearchParams({ code: 'made-up', state, iss: provider.url });
        await signIn.expectFailure(catalog, browser, `${catalog.origin}${CALLBACK}?${answer}`, failure);
      }
    } finally {
      await catalog.close();
      await provider.down();
    }
  });

  it('reports at once that the issuer is unavailable', async () => {
    const issuer = { oidcIssuer: 'http://127.0.0.1:9', oidcAudience: AUDIENCE };
    const client = { consoleOidcClientId: CLIENT_ID, consoleUrl: 'https://integrations.example' };
    const catalog = await startCatalog({ ...issuer, ...client });
    try {
      const answer = await new WebBrowser().open(`${catalog.origin}${AUTHORIZE}?returnTo=/console/audit`);
      expect([answer.status, answer.location]).toEqual([302, '/console/audit#sign-in=unavailable']);
      expect(answer.setCookie).toEqual([]);
    } finally {
      await catalog.close();
    }
  });
});
