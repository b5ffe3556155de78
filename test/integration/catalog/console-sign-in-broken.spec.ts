import { freePorts } from '../../../scripts/stack/ports.ts';
import { WebBrowser } from '../../support/web-browser';
import { AUDIENCE } from '../../support/access-tokens';
import { CLIENT_ID } from '../../support/identity-provider';
import { type Behaviour, BrokenIdentityProvider } from './broken-identity-provider';
import { comeBackOf, expectFailure } from './sign-in';
import { startCatalog, type TestCatalog } from './support';

describe('signing in to the console with a broken identity provider', () => {
  let provider: BrokenIdentityProvider;
  let catalog: TestCatalog;

  beforeAll(async () => {
    const port = await freePorts(1);
    provider = await BrokenIdentityProvider.start();
    const client = { consoleOidcClientId: CLIENT_ID, consoleUrl: `http://127.0.0.1:${port}` };
    const issuer = { oidcIssuer: provider.url, oidcAudience: AUDIENCE, authFailuresPerMinute: 1_000 };
    catalog = await startCatalog({ port, ...issuer, ...client });
  });
  afterAll(async () => {
    await catalog.close();
    await provider.stop();
  });

  it('succeeds when nothing is wrong', async () => {
    provider.behaviour = {};
    const browser = new WebBrowser();
    const back = await browser.open(await comeBackOf(catalog, browser));
    expect(back.location).toBe('/console/integrations?q=x');
  });

  it.each<[string, Behaviour, string]>([
    ['a missing login', { error: 'login_required' }, 'interaction_required'],
    ['a missing consent', { error: 'consent_required' }, 'interaction_required'],
    ['an overloaded provider', { error: 'temporarily_unavailable' }, 'unavailable'],
    ['an unknown scope', { error: 'invalid_scope' }, 'misconfigured'],
    ['an unknown error', { error: 'no_such_error' }, 'misconfigured'],
    ['an error named like an inherited property', { error: 'constructor' }, 'misconfigured'],
    ['another nonce', { idToken: { nonce: 'x'.repeat(43) } }, 'misconfigured'],
    ['an ID token for another client', { idToken: { aud: 'payroll' } }, 'misconfigured'],
    ['an ID token of another issuer', { idToken: { iss: 'https://evil.example' } }, 'misconfigured'],
    ['an expired ID token', { idToken: { exp: 1 } }, 'misconfigured'],
    ['an unavailable token endpoint', { tokenStatus: 502 }, 'unavailable'],
    ['a token for another audience', { accessToken: { aud: 'https://payroll.example' } }, 'refused'],
    ['a token without a tenant', { accessToken: { tenant: undefined } }, 'refused'],
    ['an expired token', { accessToken: { exp: 1 } }, 'refused'],
    ['a token too large for a cookie', { accessToken: { groups: 'x'.repeat(4_000) } }, 'token_too_large'],
  ])('fails with %s', async (_what, behaviour, failure) => {
    provider.behaviour = behaviour;
    const browser = new WebBrowser();
    await expectFailure(catalog, browser, await comeBackOf(catalog, browser), failure);
  });
});
