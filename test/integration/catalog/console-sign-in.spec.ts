import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../../../scripts/stack/ports.ts';
import {
  API_AUDIENCE,
  type Behaviour,
  CLIENT_ID,
  CLIENT_SECRET,
  FakeIdentityProvider,
} from '../../support/fake-identity-provider';
import { temporaryDirectory } from '../../support/temporary';
import { FROM_CONSOLE } from './console';
import { expectProblem, startCatalog, type TestCatalog } from './support';

const AUTHORIZE = '/console/session/authorize';
const CALLBACK = '/console/session/callback';
const STRICT = 'Path=/; HttpOnly; SameSite=Strict';
const LAX = 'Path=/; HttpOnly; SameSite=Lax';

/** A browser, as far as redirects and cookies go. */
class Browser {
  cookies = new Map<string, string>();

  constructor(private readonly headers: Record<string, string> = {}) {}

  /** One answer, whose redirect is not followed. */
  async open(url: string): Promise<{ status: number; location: string; setCookie: string[]; response: Response }> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: { ...this.headers, cookie } });
    const setCookie = response.headers.getSetCookie();
    for (const [name, value] of setCookie.map((one) => one.split(';', 1)[0]!.split('='))) {
      if (value) this.cookies.set(name!, value);
      else this.cookies.delete(name!);
    }
    return { status: response.status, location: response.headers.get('location') ?? '', setCookie, response };
  }
}

describe('signing in to the console at the issuer', () => {
  let provider: FakeIdentityProvider;
  let catalog: TestCatalog;

  beforeAll(async () => {
    const port = await freePorts(1);
    const consoleUrl = `http://127.0.0.1:${port}`;
    provider = await FakeIdentityProvider.start(`${consoleUrl}${CALLBACK}`);
    const consoleOidcClientSecretFile = join(temporaryDirectory(), 'secret');
    writeFileSync(consoleOidcClientSecretFile, `${CLIENT_SECRET}\n`, { mode: 0o600 });
    const client = { consoleOidcClientId: CLIENT_ID, consoleOidcClientSecretFile, consoleUrl };
    const issuer = { oidcIssuer: provider.url, oidcAudience: API_AUDIENCE, authFailuresPerMinute: 1_000 };
    catalog = await startCatalog({ port, trustedProxies: ['127.0.0.1'], ...issuer, ...client });
  });
  afterAll(async () => {
    await catalog.close();
    await provider.down();
  });
  beforeEach(() => (provider.behaviour = {}));

  const begin = (browser: Browser, path = '/console/integrations?q=x') =>
    browser.open(`${catalog.origin}${AUTHORIZE}?returnTo=${encodeURIComponent(path)}`);
  /** The address that the provider sends the browser back to. */
  const comeBackOf = async (browser: Browser) => (await browser.open((await begin(browser)).location)).location;
  const sessionOf = (browser: Browser) => {
    const cookie = `integrations=${browser.cookies.get('integrations') ?? ''}`;
    return catalog.anonymous({ ...FROM_CONSOLE, cookie }).call('GET', '/console/session');
  };
  const expectFailure = async (browser: Browser, callback: string, failure: string) => {
    const { status, location, setCookie } = await browser.open(callback);
    expect([status, location]).toEqual([302, expect.stringMatching(new RegExp(`^/console/.*#sign-in=${failure}$`))]);
    expect(setCookie.filter((one) => one.startsWith('integrations='))).toEqual([]);
    expectProblem(await sessionOf(browser), 401, 'unauthorized');
  };

  it('is offered by the name of the issuer', async () => {
    const { status, body } = await catalog.anonymous().call('GET', '/console/session/methods');
    expect([status, body]).toEqual([200, { identityProvider: new URL(provider.url).host }]);
  });

  it('leads there and back to the page that was wanted, with the session of whom the token names', async () => {
    const browser = new Browser();
    const begun = await begin(browser);
    expect(begun.status).toBe(302);
    expect(begun.response.headers.get('cache-control')).toBe('no-store');
    expect(begun.setCookie).toEqual([
      expect.stringMatching(/^integrations-sign-in=\S+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/),
    ]);
    const asked = new URL(begun.location);
    expect(`${asked.origin}${asked.pathname}`).toBe(`${provider.url}/authorize`);
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

    const back = await browser.open((await browser.open(begun.location)).location);
    expect([back.status, back.location]).toEqual([302, '/console/integrations?q=x']);
    expect(back.setCookie).toEqual([
      `__Host-integrations-sign-in=; ${LAX}; Secure; Max-Age=0`,
      `integrations-sign-in=; ${LAX}; Max-Age=0`,
      expect.stringMatching(new RegExp(`^integrations=[\\w.-]+; ${STRICT}; Max-Age=(29\\d|300)$`)),
    ]);
    expect((await sessionOf(browser)).body).toEqual({
      tenantId: 'acme',
      name: 'grace',
      scopes: catalog.config.consoleOidcScopes.split(' ').slice(1),
    });
  });

  it('keeps its cookies to TLS and to the host where the browser came over TLS', async () => {
    const browser = new Browser({ 'x-forwarded-proto': 'https' });
    expect((await begin(browser)).setCookie).toEqual([
      expect.stringMatching(/^__Host-integrations-sign-in=\S+; .*; Secure; Max-Age=600$/),
    ]);
    const back = await browser.open(await comeBackOf(browser));
    expect(back.setCookie).toContainEqual(expect.stringMatching(/^__Host-integrations=\S+; .*; Secure; Max-Age=\d+$/));
  });

  it('comes back to where it is configured to, whatever the request says of its host', async () => {
    const browser = new Browser({ 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' });
    const { location } = await begin(browser);
    expect(new URL(location).searchParams.get('redirect_uri')).toBe(`${catalog.origin}${CALLBACK}`);
  });

  it.each(['https://evil.example/console/', '//evil.example/console/', '/\\evil.example', '/console/..//evil.example'])(
    'comes back to no other site: %s',
    async (wanted) => {
      const browser = new Browser();
      const back = await browser.open((await browser.open((await begin(browser, wanted)).location)).location);
      expect(back.location).toBe('/console/');
    },
  );

  it('comes back to no other site by a cookie that somebody has written', async () => {
    const browser = new Browser();
    const callback = await comeBackOf(browser);
    const parts = browser.cookies.get('integrations-sign-in')!.split('.');
    const forged = Buffer.from('//evil.example/console/').toString('base64url');
    browser.cookies.set('integrations-sign-in', [...parts.slice(0, 3), forged].join('.'));
    expect((await browser.open(callback)).location).toBe('/console/');
  });

  it.each(['cross-site', 'same-site'])('is begun by no %s page', async (site) => {
    const headers = { 'sec-fetch-site': site };
    const answer = await catalog.anonymous(headers).call('GET', AUTHORIZE);
    expectProblem(answer, 403, 'forbidden', 'headers.sec-fetch-site');
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  describe('fails', () => {
    it('in another browser than the one that began, or after its time', async () => {
      const callback = await comeBackOf(new Browser());
      await expectFailure(new Browser(), callback, 'expired');
    });

    it('where another sign-in was begun meanwhile, and with a state that is made up', async () => {
      const browser = new Browser();
      const callback = await comeBackOf(browser);
      await begin(browser);
      await expectFailure(browser, callback, 'expired');
      const other = new URL(await comeBackOf(browser));
      other.searchParams.set('state', 'x'.repeat(43));
      await expectFailure(browser, other.href, 'expired');
    });

    it('the second time, with the cookie or without', async () => {
      const browser = new Browser();
      const callback = await comeBackOf(browser);
      const kept = browser.cookies.get('integrations-sign-in')!;
      await browser.open(callback);
      browser.cookies.clear();
      await expectFailure(browser, callback, 'expired');
      browser.cookies.set('integrations-sign-in', kept);
      await expectFailure(browser, callback, 'expired');
    });

    it('with the code of another browser, which has another verifier', async () => {
      const [victim, attacker] = [new Browser(), new Browser()];
      const theirs = new URL(await comeBackOf(attacker));
      const ours = new URL(await comeBackOf(victim));
      ours.searchParams.set('code', theirs.searchParams.get('code')!);
      await expectFailure(victim, ours.href, 'expired');
    });

    it('with a cookie that is none', async () => {
      for (const cookie of ['x', 'a.b.c.d', `${'x'.repeat(43)}.`.repeat(3)]) {
        const browser = new Browser();
        const callback = await comeBackOf(browser);
        browser.cookies.set('integrations-sign-in', cookie);
        await expectFailure(browser, callback, 'expired');
      }
    });

    it.each<[string, Behaviour, string]>([
      ['who cancels', { error: 'access_denied' }, 'denied'],
      ['a login that is missing', { error: 'login_required' }, 'interaction_required'],
      ['a consent that is missing', { error: 'consent_required' }, 'interaction_required'],
      ['a provider that is overloaded', { error: 'temporarily_unavailable' }, 'unavailable'],
      ['a scope that it does not know', { error: 'invalid_scope' }, 'misconfigured'],
      ['an error that nobody knows', { error: 'no_such_error' }, 'misconfigured'],
      ['an answer of another issuer', { callback: { iss: 'https://evil.example' } }, 'misconfigured'],
      ['another nonce', { idToken: { nonce: 'x'.repeat(43) } }, 'misconfigured'],
      ['an ID token for another client', { idToken: { aud: 'payroll' } }, 'misconfigured'],
      ['an ID token of another issuer', { idToken: { iss: 'https://evil.example' } }, 'misconfigured'],
      ['an ID token that has run out', { idToken: { exp: 1 } }, 'misconfigured'],
      ['a token endpoint that is away', { tokenStatus: 502 }, 'unavailable'],
      ['a token for another audience', { accessToken: { aud: 'https://payroll.example' } }, 'refused'],
      ['a token without a tenant', { accessToken: { tenant: undefined } }, 'refused'],
      ['a token that has run out', { accessToken: { exp: 1 } }, 'refused'],
      ['a token that fits in no cookie', { accessToken: { groups: 'x'.repeat(4_000) } }, 'token_too_large'],
    ])('with %s', async (_what, behaviour, failure) => {
      provider.behaviour = behaviour;
      const browser = new Browser();
      await expectFailure(browser, await comeBackOf(browser), failure);
    });

    it('with an answer that does not say whose it is, although the issuer always does', async () => {
      const browser = new Browser();
      const callback = new URL(await comeBackOf(browser));
      callback.searchParams.delete('iss');
      await expectFailure(browser, callback.href, 'misconfigured');
    });

    it('while the provider is away, on the way there or back, and works again with it', async () => {
      const browser = new Browser();
      const callback = await comeBackOf(browser);
      await provider.down();
      await expectFailure(browser, callback, 'unavailable');
      await provider.up();
      const back = await browser.open(await comeBackOf(browser));
      expect(back.location).toBe('/console/integrations?q=x');
    });
  });

  it('leaves the scopes to the token: what the provider did not grant is not there', async () => {
    provider.behaviour = { accessToken: { scope: 'openid audit:read' } };
    const browser = new Browser();
    await browser.open(await comeBackOf(browser));
    expect((await sessionOf(browser)).body).toMatchObject({ scopes: ['audit:read'] });
  });
});

describe('signing in to the console', () => {
  it('by token alone where no client is configured', async () => {
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

  it('says at once that the issuer cannot be asked', async () => {
    const issuer = { oidcIssuer: 'http://127.0.0.1:9', oidcAudience: API_AUDIENCE };
    const client = { consoleOidcClientId: CLIENT_ID, consoleUrl: 'https://integrations.example' };
    const catalog = await startCatalog({ ...issuer, ...client });
    try {
      const answer = await new Browser().open(`${catalog.origin}${AUTHORIZE}?returnTo=/console/audit`);
      expect([answer.status, answer.location]).toEqual([302, '/console/audit#sign-in=unavailable']);
      expect(answer.setCookie).toEqual([]);
    } finally {
      await catalog.close();
    }
  });
});
