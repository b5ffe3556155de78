import { freePorts } from '../../../scripts/stack/ports.ts';
import { WebBrowser } from '../../support/web-browser';
import { AUDIENCE } from '../../support/access-tokens';
import { CLIENT_ID } from '../../support/identity-provider';
import { type Behaviour, BrokenIdentityProvider } from './broken-identity-provider';
import { comeBackOf, expectFailure } from './sign-in';
import { startCatalog, type TestCatalog } from './support';

describe('signing in to the console at an issuer that is broken', () => {
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

  it('comes to something as soon as nothing is wrong', async () => {
    provider.behaviour = {};
    const browser = new WebBrowser();
    const back = await browser.open(await comeBackOf(catalog, browser));
    expect(back.location).toBe('/console/integrations?q=x');
  });

  it.each<[string, Behaviour, string]>([
    ['a login that is missing', { error: 'login_required' }, 'interaction_required'],
    ['a consent that is missing', { error: 'consent_required' }, 'interaction_required'],
    ['a provider that is overloaded', { error: 'temporarily_unavailable' }, 'unavailable'],
    ['a scope that it does not know', { error: 'invalid_scope' }, 'misconfigured'],
    ['an error that nobody knows', { error: 'no_such_error' }, 'misconfigured'],
    ['an error by the name of what every object has', { error: 'constructor' }, 'misconfigured'],
    ['another nonce', { idToken: { nonce: 'x'.repeat(43) } }, 'misconfigured'],
    ['an ID token for another client', { idToken: { aud: 'payroll' } }, 'misconfigured'],
    ['an ID token of another issuer', { idToken: { iss: 'https://evil.example' } }, 'misconfigured'],
    ['an ID token that has run out', { idToken: { exp: 1 } }, 'misconfigured'],
    ['a token endpoint that is away', { tokenStatus: 502 }, 'unavailable'],
    ['a token for another audience', { accessToken: { aud: 'https://payroll.example' } }, 'refused'],
    ['a token without a tenant', { accessToken: { tenant: undefined } }, 'refused'],
    ['a token that has run out', { accessToken: { exp: 1 } }, 'refused'],
    ['a token that fits in no cookie', { accessToken: { groups: 'x'.repeat(4_000) } }, 'token_too_large'],
  ])('fails with %s', async (_what, behaviour, failure) => {
    provider.behaviour = behaviour;
    const browser = new WebBrowser();
    await expectFailure(catalog, browser, await comeBackOf(catalog, browser), failure);
  });
});
